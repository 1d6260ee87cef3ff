// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

#include <chrono>
#include <thread>

/// Does not come back from its start().
class HangingStart final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "hangingstart.json")
    Q_INTERFACES(quoin::Plugin)

public:
    quoin::Result<> start(quoin::Services &) override
    {
        for (;;)
            std::this_thread::sleep_for(std::chrono::hours(1));
    }
};

#include "hangingstart.moc"
