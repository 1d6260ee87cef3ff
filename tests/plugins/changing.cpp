// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

namespace {

[[maybe_unused]] int *volatile nowhere = nullptr;

} // namespace

/// One plugin in several versions: it tells which it is, and some are bad.
class Changing final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "changing.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override
    {
        registry.get(u"/changing"_s, [](const quoin::Request &) {
#ifdef CHANGING_CRASHES
            *nowhere = 1;
#endif
            return quoin::Response::text(CHANGING_VERSION);
        });
    }

    quoin::Result<> start(quoin::Services &) override
    {
#ifdef CHANGING_REFUSES
        return quoin::Error::unavailable(u"version " CHANGING_VERSION " does not want to start"_s);
#else
        return {};
#endif
    }
};

#include "changing.moc"
