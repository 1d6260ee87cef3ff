// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/claims.h"
#include "plugins/description.h"
#include "plugins/gate.h"
#include "plugins/lint.h"
#include "plugins/metadata.h"
#include "plugins/plan.h"
#include "plugins/refusal.h"

#include <quoin/plugin.h>
#include <quoin/result.h>

#include <functional>
#include <memory>
#include <vector>

namespace quoin::plugins {

/// A plugin that has passed the gates, with all that the host knows of it.
struct HostedPlugin
{
    enum class State {
        Described, ///< It has said what it has.
        Live,      ///< It has started: serve what it has described.
        Refused,   ///< It did not start: serve nothing of it.
        Stopped,
    };

    Metadata metadata;
    QString file;      ///< In the drop folder; empty for one built into the host.
    QByteArray sha256; ///< Of the file, in hexadecimal; empty for one built into the host.
    Plugin *plugin = nullptr;
    Description description;
    State state = State::Described;
    std::unique_ptr<Services> services; ///< What start() was given, kept until after stop().

    const QString &id() const { return metadata.id; }
    bool isBuiltIn() const { return file.isEmpty(); }
};

/// Who is told when code of a plugin runs that is neither a handler nor a task: loading, describing, starting,
/// stopping.
class PluginWitness
{
public:
    /// Until the answer is destroyed, code of the plugin runs on this thread.
    virtual std::shared_ptr<void> enter(const HostedPlugin &plugin) = 0;
    /// It is loaded, from this copy, and has described itself.
    virtual void loaded(HostedPlugin &plugin, const QString &copy) = 0;

protected:
    ~PluginWitness() = default;
};

/// Loads plugins from a folder and starts and stops them, in the order of what they require. One that is refused, at
/// whatever gate, is a Refusal and a warning in the log (category quoin.plugins); it never keeps the others from being
/// served.
///
///     PluginHost host;
///     host.addBuiltIn(u"quoin"_s, version, health);
///     host.load(folder, store);                  // now plugins() say what they have: settings, migrations, tasks,
///     routes host.start([&](const HostedPlugin &plugin) { return services(plugin.id()); }); for (HostedPlugin *plugin
///     : host.live()) ... host.stop();
///
/// One thread, the main one.
class PluginHost
{
public:
    using ServicesFor = std::function<abi::Services *(const HostedPlugin &)>;

    explicit PluginHost(LintOptions options = {});
    /// From now on. Lent; null: nobody.
    void setWitness(PluginWitness *witness) { m_witness = witness; }
    /// Stops what is live. The plugins' handlers end here, their code stays mapped.
    ~PluginHost();
    PluginHost(const PluginHost &) = delete;
    PluginHost &operator=(const PluginHost &) = delete;

    /// Takes a plugin that is part of the host, lent for this object's life, through the same describe() and the same
    /// checks. Call before load(): first come, first served. An Error is the host's own mistake.
    Result<> addBuiltIn(const QString &id, const QVersionNumber &version, Plugin &plugin);

    /// Loads what is fit in the folder from copies in the store. An Error, and nothing loaded, if folder or store is
    /// not safe.
    Result<> load(const QString &folder, const QString &store);

    /// Loads what a supervisor has planned, from the copies it made, in its order. Folder and files are not looked at.
    void load(const Plan &plan);

    /// Starts all that is described, in order. services is asked just before; null refuses the plugin. A plugin that
    /// refuses or throws is stopped again, and those that require it are not started.
    void start(const ServicesFor &services);

    /// Stops the live ones in reverse order. Call it when their last request and task have ended.
    void stop();

    /// All that were described, in the order of starting. They stay until the host is gone.
    const std::vector<std::unique_ptr<HostedPlugin>> &plugins() const { return m_plugins; }
    /// Those of them that are live.
    QList<HostedPlugin *> live() const;

    const QList<Refusal> &refusals() const { return m_refusals; }

private:
    QList<AdmittedFile> admitAll(const class SafeFolder &folder, const class PluginStore &store);
    void loadInOrder(const QList<AdmittedFile> &files);
    void loadOne(const AdmittedFile &file);
    void take(std::unique_ptr<HostedPlugin> plugin);
    void warnOfLostSubscriptions() const;
    void startOne(HostedPlugin &plugin, const ServicesFor &services);
    void stopOne(HostedPlugin &plugin) const;
    QString requirementNotLive(const HostedPlugin &plugin) const;
    void refuse(const Refusal &refusal);
    void refuse(const AdmittedFile &file, Phase phase, const Fault &fault);
    void refuseStart(HostedPlugin &plugin, const Fault &fault, Phase phase = Phase::Start);

    std::shared_ptr<void> enter(const HostedPlugin &plugin) const;

    const LintOptions m_options;
    PluginWitness *m_witness = nullptr;
    std::vector<std::unique_ptr<HostedPlugin>> m_plugins;
    QList<Refusal> m_refusals;
    bool m_isPlanned = false; ///< Then who made the plan tells of refusals.
    Claims m_claims;
};

} // namespace quoin::plugins
