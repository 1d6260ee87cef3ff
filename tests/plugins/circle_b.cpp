// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Requires circle_a, which requires circle_b.
class CircleB final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "circle_b.json")
    Q_INTERFACES(quoin::Plugin)

public:
    using TestPlugin::start;
};

#include "circle_b.moc"
