// SPDX-License-Identifier: GPL-3.0-only
#include <quoin/plugin.h>

using namespace Qt::StringLiterals;

/// The least a route can do, both ways: what is measured is the host.
class Bench final : public QObject, public quoin::Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "bench.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override
    {
        registry.get(u"/bench/hello"_s, [](const quoin::Request &) -> quoin::Future<quoin::Response> {
            return quoin::Response::text("hello\n");
        });
        registry.get(u"/bench/pool"_s,
                     [](const quoin::Request &) -> quoin::Response { return quoin::Response::text("hello\n"); });
    }
    quoin::Result<> start(quoin::Services &) override { return {}; }
    void stop() override { }
};

#include "benchplugin.moc"
