// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Wishes for something in its metadata that this host does not know.
class UnknownMember final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "unknownmember-metadata.json")
    Q_INTERFACES(quoin::Plugin)

public:
    using TestPlugin::start;
};

#include "unknownmember.moc"
