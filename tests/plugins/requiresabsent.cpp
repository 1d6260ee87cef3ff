// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Requires a plugin that is not there.
class RequiresAbsent final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "requiresabsent.json")
    Q_INTERFACES(quoin::Plugin)

public:
    using TestPlugin::start;
};

#include "requiresabsent.moc"
