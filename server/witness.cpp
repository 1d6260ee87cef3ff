// SPDX-License-Identifier: GPL-3.0-only
#include "witness.h"

#include "supervisor/crumb.h"

namespace quoin::server {

namespace {

using supervisor::Crumb;
using supervisor::CrumbKind;

class WatchedHandler final : public abi::Handler
{
public:
    WatchedHandler(std::unique_ptr<abi::Handler> inner, int module, CrumbKind kind, std::chrono::milliseconds limit)
        : m_inner(std::move(inner))
        , m_module(module)
        , m_kind(kind)
        , m_limit(limit)
    {
    }

    void handle(const abi::Request *request, abi::Reply *owned) override
    {
        const Crumb crumb(m_module, m_kind, m_limit);
        m_inner->handle(request, owned);
    }

private:
    const std::unique_ptr<abi::Handler> m_inner;
    const int m_module;
    const CrumbKind m_kind;
    const std::chrono::milliseconds m_limit;
};

class WatchedTask final : public abi::TaskHandler
{
public:
    WatchedTask(std::unique_ptr<abi::TaskHandler> inner, int module, std::chrono::milliseconds limit)
        : m_inner(std::move(inner))
        , m_module(module)
        , m_limit(limit)
    {
    }

    bool run(const abi::TaskRun *run, Error *error) override
    {
        const Crumb crumb(m_module, CrumbKind::Task, m_limit, static_cast<quint64>(run->id()));
        return m_inner->run(run, error);
    }

private:
    const std::unique_ptr<abi::TaskHandler> m_inner;
    const int m_module;
    const std::chrono::milliseconds m_limit;
};

class WatchedBatchTask final : public abi::BatchTaskHandler
{
public:
    WatchedBatchTask(std::unique_ptr<abi::BatchTaskHandler> inner, int module, std::chrono::milliseconds limit)
        : m_inner(std::move(inner))
        , m_module(module)
        , m_limit(limit)
    {
    }

    /// The first stands for all of them.
    void run(const QList<const abi::TaskRun *> &runs, abi::BatchOutcomes *outcomes) override
    {
        const Crumb crumb(m_module, CrumbKind::Task, m_limit, static_cast<quint64>(runs.first()->id()));
        m_inner->run(runs, outcomes);
    }

private:
    const std::unique_ptr<abi::BatchTaskHandler> m_inner;
    const int m_module;
    const std::chrono::milliseconds m_limit;
};

/// How long a plugin may take to load, start or stop before its worker is given up.
constexpr auto startTime = std::chrono::seconds(20);

/// What blocks the loop is told by the loop's own beat; its answer may come as late as its deadline allows.
std::unique_ptr<abi::Handler> watched(plugins::DeclaredRoute &route, int module, std::chrono::milliseconds handlerTime)
{
    const bool isPool = route.where == abi::RunsOn::Pool;
    return std::make_unique<WatchedHandler>(
        std::move(route.handler), module, isPool ? CrumbKind::Pool : CrumbKind::Loop,
        isPool ? route.deadline.value_or(handlerTime) : std::chrono::milliseconds());
}

} // namespace

int Witness::moduleOf(const plugins::HostedPlugin &plugin)
{
    const auto known = m_modules.constFind(plugin.id());
    if (known != m_modules.cend())
        return *known;
    return *m_modules.insert(plugin.id(), m_memory.addModule(plugin.id(), plugin.sha256));
}

std::shared_ptr<void> Witness::enter(const plugins::HostedPlugin &plugin)
{
    if (plugin.isBuiltIn())
        return nullptr;
    return std::make_shared<Crumb>(moduleOf(plugin), CrumbKind::Start, startTime);
}

void Witness::loaded(plugins::HostedPlugin &plugin, const QString &copy)
{
    const int module = moduleOf(plugin);
    m_memory.locateModule(module, copy);
    for (auto &route : plugin.description.routes)
        route.handler = watched(route, module, m_handlerTime);
    for (auto &task : plugin.description.tasks) {
        if (task.batch)
            task.batch = std::make_unique<WatchedBatchTask>(std::move(task.batch), module, task.timeLimit);
        else
            task.handler = std::make_unique<WatchedTask>(std::move(task.handler), module, task.timeLimit);
    }
}

} // namespace quoin::server
