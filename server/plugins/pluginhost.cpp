// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pluginhost.h"

#include "plugins/describer.h"
#include "plugins/loader.h"
#include "plugins/order.h"
#include "plugins/pluginstore.h"
#include "plugins/safefolder.h"

#include <QLoggingCategory>

#include <algorithm>

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcPlugins, "quoin.plugins", QtInfoMsg)

namespace quoin::plugins {

PluginHost::PluginHost(LintOptions options)
    : m_options(std::move(options))
{
}

PluginHost::~PluginHost() { stop(); }

Result<> PluginHost::addBuiltIn(const QString &id, const QVersionNumber &version, Plugin &plugin)
{
    auto description = describe(plugin, id);
    if (!description)
        return Error::internal(u"plugin %1: %2"_s.arg(id, description.error().message()));
    if (const QStringList taken = m_claims.conflicts(description->facts()); !taken.isEmpty())
        return Error::internal(u"plugin %1: %2"_s.arg(id, taken.join(u"; "_s)));
    auto hosted = std::make_unique<HostedPlugin>();
    hosted->metadata.id = id;
    hosted->metadata.version = version;
    hosted->metadata.title = u"built in"_s;
    hosted->metadata.sdk = QUOIN_SDK_MINOR;
    hosted->plugin = &plugin;
    hosted->description = *std::move(description);
    take(std::move(hosted));
    return {};
}

Result<> PluginHost::load(const QString &folder, const QString &store)
{
    const auto dropped = SafeFolder::open(folder);
    const auto kept = dropped ? PluginStore::open(store) : Result<PluginStore>(dropped.error());
    if (!kept) {
        refuse({folder, {}, {}, Phase::Folder, kept.error().message(), {}});
        return kept.error();
    }
    const auto files = admitAll(*dropped, *kept);
    loadInOrder(files);
    warnOfLostSubscriptions();
    return {};
}

QList<AdmittedFile> PluginHost::admitAll(const SafeFolder &folder, const PluginStore &store)
{
    const auto names = folder.pluginFiles();
    if (!names) {
        refuse({folder.path(), {}, {}, Phase::Folder, names.error().message(), {}});
        return {};
    }
    QList<AdmittedFile> files;
    for (const QString &name : *names) {
        Refusal refusal;
        if (const auto file = admit(folder, name, store, m_options, &refusal))
            files.append(*file);
        else
            refuse(refusal);
    }
    return files;
}

void PluginHost::loadInOrder(const QList<AdmittedFile> &files)
{
    QHash<QString, QVersionNumber> present;
    for (const auto &plugin : m_plugins)
        present.insert(plugin->id(), plugin->metadata.version);
    QHash<QString, AdmittedFile> byId;
    QList<Metadata> candidates;
    for (const AdmittedFile &file : files) {
        if (present.contains(file.metadata.id)) {
            refuse(file, Phase::Conflict, {u"a plugin of this id is there already"_s, u"give it another id"_s});
            continue;
        }
        byId.insert(file.metadata.id, file);
        candidates.append(file.metadata);
    }
    const Order order = resolveOrder(candidates, present);
    for (auto it = order.refused.begin(); it != order.refused.end(); ++it)
        refuse(byId.value(it.key()), Phase::Resolve, it.value());
    for (const QString &id : order.sequence)
        loadOne(byId.value(id));
}

void PluginHost::loadOne(const AdmittedFile &file)
{
    auto hosted = std::make_unique<HostedPlugin>();
    hosted->metadata = file.metadata;
    hosted->file = file.path;
    hosted->sha256 = file.sha256;
    // Its requirements came before it in the order; one of them may have been refused since.
    for (const Requirement &requirement : file.metadata.requirements) {
        const bool isThere = std::any_of(m_plugins.begin(), m_plugins.end(),
                                         [&](const auto &p) { return p->id() == requirement.id; });
        if (!isThere) {
            return refuse(
                file, Phase::Resolve,
                {u"requires %1, which is refused"_s.arg(requirement.id), u"mend %1 first"_s.arg(requirement.id)});
        }
    }
    Fault fault;
    auto inside = enter(*hosted);
    hosted->plugin = loadPlugin(file.copy, &fault);
    if (!hosted->plugin)
        return refuse(file, Phase::Load, fault);
    auto description = describe(*hosted->plugin, hosted->id());
    inside.reset();
    if (!description)
        return refuse(file, Phase::Describe, {description.error().message(), u"mend its describe()"_s});
    if (const QStringList taken = m_claims.conflicts(description->facts()); !taken.isEmpty())
        return refuse(file, Phase::Conflict, {taken.join(u"; "_s), u"remove one of the two plugins"_s});
    hosted->description = *std::move(description);
    if (m_witness)
        m_witness->loaded(*hosted, file.copy);
    take(std::move(hosted));
}

std::shared_ptr<void> PluginHost::enter(const HostedPlugin &plugin) const
{
    return m_witness ? m_witness->enter(plugin) : nullptr;
}

void PluginHost::take(std::unique_ptr<HostedPlugin> plugin)
{
    m_claims.claim(plugin->description.facts(), plugin->id());
    m_plugins.push_back(std::move(plugin));
}

/// Not a refusal: the task may belong to another process on the same queue. But if it does not, such tasks pile up.
void PluginHost::warnOfLostSubscriptions() const
{
    for (const auto &plugin : m_plugins) {
        for (const DeclaredSubscription &subscription : plugin->description.subscriptions) {
            if (m_claims.hasTask(subscription.task))
                continue;
            qCWarning(lcPlugins).noquote()
                << u"subscription to a task nobody here has plugin=%1 event=%2 task=%3"_s.arg(
                       plugin->id(), subscription.event, subscription.task);
        }
    }
}

void PluginHost::start(const ServicesFor &services)
{
    for (const auto &plugin : m_plugins) {
        if (plugin->state != HostedPlugin::State::Described)
            continue;
        if (const QString missing = requirementNotLive(*plugin); !missing.isEmpty()) {
            refuseStart(*plugin, {u"requires %1, which did not start"_s.arg(missing), u"mend %1 first"_s.arg(missing)},
                        Phase::Resolve);
            continue;
        }
        startOne(*plugin, services);
    }
}

QString PluginHost::requirementNotLive(const HostedPlugin &plugin) const
{
    const auto live = this->live();
    for (const Requirement &requirement : plugin.metadata.requirements) {
        if (std::none_of(live.begin(), live.end(),
                         [&](const HostedPlugin *other) { return other->id() == requirement.id; }))
            return requirement.id;
    }
    return {};
}

void PluginHost::startOne(HostedPlugin &plugin, const ServicesFor &services)
{
    abi::Services *const given = services(plugin);
    if (!given)
        return refuseStart(plugin, {u"the host has no services for it"_s, u"see the log above"_s});
    plugin.services = std::make_unique<Services>(given);
    Result<> started;
    auto inside = enter(plugin);
    try {
        started = plugin.plugin->start(*plugin.services);
    } catch (...) {
        started = Error::internal(u"start() threw: "_s + detail::currentExceptionText());
    }
    inside.reset();
    if (started) {
        plugin.state = HostedPlugin::State::Live;
        return;
    }
    stopOne(plugin);
    refuseStart(plugin, {started.error().message(), u"mend what it names and start again"_s});
}

void PluginHost::stop()
{
    // Not std::views::reverse: clang 14 rejects that of libstdc++ 12.
    for (auto it = m_plugins.rbegin(); it != m_plugins.rend(); ++it) {
        HostedPlugin &plugin = **it;
        if (plugin.state != HostedPlugin::State::Live)
            continue;
        stopOne(plugin);
        plugin.state = HostedPlugin::State::Stopped;
    }
}

void PluginHost::stopOne(HostedPlugin &plugin) const
{
    const auto inside = enter(plugin);
    try {
        plugin.plugin->stop();
    } catch (...) {
        qCWarning(lcPlugins).noquote() << u"stop() threw plugin=%1 error=\"%2\""_s.arg(plugin.id(),
                                                                                       detail::currentExceptionText());
    }
}

QList<HostedPlugin *> PluginHost::live() const
{
    QList<HostedPlugin *> live;
    for (const auto &plugin : m_plugins) {
        if (plugin->state == HostedPlugin::State::Live)
            live.append(plugin.get());
    }
    return live;
}

void PluginHost::refuse(const Refusal &refusal)
{
    if (!m_isPlanned)
        qCWarning(lcPlugins).noquote() << refusal.toLine();
    m_refusals.append(refusal);
}

void PluginHost::refuse(const AdmittedFile &file, Phase phase, const Fault &fault)
{
    refuse({file.path, file.metadata.id, file.metadata.version.toString(), phase, fault.reason, fault.remedy});
}

void PluginHost::refuseStart(HostedPlugin &plugin, const Fault &fault, Phase phase)
{
    plugin.state = HostedPlugin::State::Refused;
    refuse({plugin.isBuiltIn() ? u"built-in"_s : plugin.file, plugin.id(), plugin.metadata.version.toString(), phase,
            fault.reason, fault.remedy});
}

} // namespace quoin::plugins
