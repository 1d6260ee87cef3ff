// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QFile>

/// Sanitizers keep what is freed, to see it used again: what is resident then says nothing.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool isResidentMemoryMeaningful = false;
#else
constexpr bool isResidentMemoryMeaningful = true;
#endif

/// Of this process; -1 if unknown.
inline qint64 residentBytes()
{
    QFile statm(QStringLiteral("/proc/self/statm"));
    return statm.open(QIODevice::ReadOnly) ? statm.readAll().split(' ').value(1).toLongLong() * 4096 : -1;
}
