// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Requires "refusingstart", which is loaded but does not start.
class Dependent final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "dependent.json")
    Q_INTERFACES(quoin::Plugin)

public:
    using TestPlugin::start;
};

#include "dependent.moc"
