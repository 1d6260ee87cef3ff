// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

void functionOfAnotherLibrary();

/// Needs a library that the host does not allow.
class StrangeLibrary final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "strangelibrary.json")
    Q_INTERFACES(quoin::Plugin)

public:
    quoin::Result<> start(quoin::Services &) override
    {
        functionOfAnotherLibrary();
        return {};
    }
};

#include "strangelibrary.moc"
