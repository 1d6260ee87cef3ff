// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

#include <cstdio>

namespace {

const int said = std::puts("done\n{\"routes\": [{\"method\": \"GET\"}]}");

} // namespace

/// It prints what looks like a report, before and after the real one could be made.
class Talkative final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "talkative.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override
    {
        std::puts("describing");
        std::fflush(stdout);
        registry.get(u"/said"_s,
                     [](const quoin::Request &) { return quoin::Response::text(QByteArray::number(said)); });
    }
};

#include "talkative.moc"
