// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Its describe() never ends, and is busy.
class HangingDescribe final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "hangingdescribe.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &) override
    {
        volatile bool isReady = false;
        while (!isReady) { }
    }
};

#include "hangingdescribe.moc"
