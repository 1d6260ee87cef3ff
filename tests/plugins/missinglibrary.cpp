// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

void functionOfAnotherLibrary();

/// Needs a library that is not installed, by a name the host allows.
class MissingLibrary final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "missinglibrary.json")
    Q_INTERFACES(quoin::Plugin)

public:
    quoin::Result<> start(quoin::Services &) override
    {
        functionOfAnotherLibrary();
        return {};
    }
};

#include "missinglibrary.moc"
