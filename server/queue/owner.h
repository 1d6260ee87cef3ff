// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QCoreApplication>
#include <QRandomGenerator>
#include <QString>
#include <QSysInfo>

namespace quoin::queue {

/// This process, for people: host:pid.
inline QString processName()
{
    return QSysInfo::machineHostName() + u':' + QString::number(QCoreApplication::applicationPid());
}

/// Whom a lease belongs to, unique for each call: host:pid:random.
inline QString uniqueOwner()
{
    return processName() + u':' + QString::number(QRandomGenerator::system()->generate64(), 16);
}

} // namespace quoin::queue
