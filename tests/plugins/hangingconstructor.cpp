// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

#include <unistd.h>

/// Its constructor waits for something that never comes.
class HangingConstructor final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "hangingconstructor.json")
    Q_INTERFACES(quoin::Plugin)

public:
    HangingConstructor()
    {
        while (true)
            ::pause();
    }
};

#include "hangingconstructor.moc"
