// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>

#include <QLoggingCategory>
#include <QThreadPool>

/// Services of a host that offers nothing.
class ServicesDouble final : public quoin::abi::Services
{
public:
    void *find(const char *) override { return nullptr; }
    QVariant setting(const QString &) const override { return {}; }
    QString dataDirectory() const override { return {}; }
    QString pluginDataDirectory() const override { return {}; }
    const QLoggingCategory *log() const override { return QLoggingCategory::defaultCategory(); }
    QThreadPool *pool() const override { return QThreadPool::globalInstance(); }
    bool isStopping() const override { return false; }
};
