// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Wants the route that "good" has.
class Rival final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "rival.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override
    {
        registry.get(u"/good/{name}"_s,
                     [](const quoin::Request &, const QString &) { return quoin::Response::empty(); });
    }
};

#include "rival.moc"
