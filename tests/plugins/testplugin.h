// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/plugin.h>

#include <QCoreApplication>
#include <QVariant>

using namespace Qt::StringLiterals;

/// A plugin without anything. What is started and stopped is noted on the application, where the test can see it from
/// outside.
class TestPlugin : public QObject, public quoin::Plugin
{
public:
    void describe(quoin::Registry &) override { }
    quoin::Result<> start(quoin::Services &) override
    {
        note("start");
        return {};
    }
    void stop() override { note("stop"); }

protected:
    void note(const char *event)
    {
        const char *name = metaObject()->className();
        QCoreApplication::instance()->setProperty(
            name, QCoreApplication::instance()->property(name).toStringList() << QLatin1String(event));
    }
};
