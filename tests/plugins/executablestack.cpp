// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Linked with -z execstack.
class ExecutableStack final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "executablestack.json")
    Q_INTERFACES(quoin::Plugin)

public:
    using TestPlugin::start;
};

#include "executablestack.moc"
