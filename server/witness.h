// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/pluginhost.h"
#include "supervisor/workermemory.h"

#include <QHash>

#include <chrono>

namespace quoin::server {

/// Has all code of plugins lay a crumb while it runs, so that a worker that dies or does not go on can name the plugin.
/// Main thread.
class Witness final : public plugins::PluginWitness
{
public:
    /// memory is lent. handlerTime: how long a route without a deadline of its own may take.
    Witness(supervisor::WorkerMemory &memory, std::chrono::milliseconds handlerTime)
        : m_memory(memory)
        , m_handlerTime(handlerTime)
    {
    }
    virtual ~Witness() = default;

    std::shared_ptr<void> enter(const plugins::HostedPlugin &plugin) override;
    void loaded(plugins::HostedPlugin &plugin, const QString &copy) override;

private:
    int moduleOf(const plugins::HostedPlugin &plugin);

    supervisor::WorkerMemory &m_memory;
    const std::chrono::milliseconds m_handlerTime;
    QHash<QString, int> m_modules; ///< By id.
};

} // namespace quoin::server
