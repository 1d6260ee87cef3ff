// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/plugin.h>

#include <optional>

namespace counter {

/// The smallest plugin that does something: copy this folder to begin one of your own.
/// GET / tells each visitor how many there have been.
class Counter final : public QObject, public quoin::Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "counter.json") // made by quoin_add_plugin()
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override;
    quoin::Result<> start(quoin::Services &services) override;
    void stop() override;

private:
    /// Returns a future, so it runs on the event loop and must not block: the counter answers when it has counted.
    quoin::Future<quoin::Response> greet(const quoin::Request &request) const;

    std::optional<quoin::Counters> m_counters; ///< From start() to stop().
};

} // namespace counter
