// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Throws something that is not even an exception.
class ThrowingStart final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "throwingstart.json")
    Q_INTERFACES(quoin::Plugin)

public:
    quoin::Result<> start(quoin::Services &) override
    {
        note("start");
        throw 42;
    }
};

#include "throwingstart.moc"
