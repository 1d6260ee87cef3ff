// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

#include <cstdio>
#include <cstdlib>

/// Its constructor ends the process as if all were well.
class ExitingConstructor final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "exitingconstructor.json")
    Q_INTERFACES(quoin::Plugin)

public:
    ExitingConstructor()
    {
        std::puts("licence not found");
        std::exit(0);
    }
};

#include "exitingconstructor.moc"
