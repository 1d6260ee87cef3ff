// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

#include <atomic>
#include <chrono>
#include <thread>

using namespace std::chrono_literals;

namespace {

/// Also looks at nothing that would let it end earlier.
[[noreturn]] void hang()
{
    for (;;)
        std::this_thread::sleep_for(1h);
}

quoin::Response hangOnPool(const quoin::Request &) { hang(); }
quoin::Future<quoin::Response> hangOnLoop(const quoin::Request &) { hang(); }

/// Busy instead of asleep: its frames are its own.
quoin::Future<quoin::Response> spinOnLoop(const quoin::Request &)
{
    std::atomic<quint64> count = 0;
    for (;;)
        ++count;
}

} // namespace

/// Does not come back from its handlers.
class Blocker final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "blocker.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override
    {
        registry.get(u"/blocker"_s, [](const quoin::Request &) { return quoin::Response::text("not yet"); });
        registry.get(u"/blocker/pool"_s, hangOnPool).deadline(300ms);
        registry.get(u"/blocker/loop"_s, hangOnLoop);
        registry.get(u"/blocker/busy-loop"_s, spinOnLoop);
    }
};

#include "blocker.moc"
