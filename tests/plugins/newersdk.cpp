// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Says that it was made with an SDK of the future.
class NewerSdk final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "newersdk-metadata.json")
    Q_INTERFACES(quoin::Plugin)

public:
    using TestPlugin::start;
};

#include "newersdk.moc"
