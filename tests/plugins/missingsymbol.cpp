// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

void functionThatNobodyDefines();

/// Calls a function that no library has: with lazy binding it would load, and end the process at the call.
class MissingSymbol final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "missingsymbol.json")
    Q_INTERFACES(quoin::Plugin)

public:
    quoin::Result<> start(quoin::Services &) override
    {
        functionThatNobodyDefines();
        return {};
    }
};

#include "missingsymbol.moc"
