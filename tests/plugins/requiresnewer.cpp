// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Requires a newer "good".
class RequiresNewer final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "requiresnewer.json")
    Q_INTERFACES(quoin::Plugin)

public:
    using TestPlugin::start;
};

#include "requiresnewer.moc"
