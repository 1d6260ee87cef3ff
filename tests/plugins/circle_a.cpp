// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Requires circle_b, which requires circle_a.
class CircleA final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "circle_a.json")
    Q_INTERFACES(quoin::Plugin)

public:
    using TestPlugin::start;
};

#include "circle_a.moc"
