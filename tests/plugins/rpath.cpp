// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Linked with a path to search libraries in.
class Rpath final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "rpath.json")
    Q_INTERFACES(quoin::Plugin)

public:
    using TestPlugin::start;
};

#include "rpath.moc"
