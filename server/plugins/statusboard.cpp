// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/statusboard.h"

#include "plugins/refusaljson.h"

#include <QLoggingCategory>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

Q_LOGGING_CATEGORY(lcBoard, "quoin.plugins", QtInfoMsg)

QString shortHash(const QByteArray &sha256)
{
    return QString::fromLatin1(sha256.first(std::min<qsizetype>(12, sha256.size())));
}

void logRefusal(const PluginStatus &plugin, const VersionFate &fate)
{
    Refusal refusal{plugin.file, plugin.id, fate.version, Phase::Folder, fate.reason, fate.remedy};
    refusal.phase = phaseOfName(fate.phase).value_or(Phase::Folder);
    qCWarning(lcBoard).noquote() << refusal.toLine();
}

void logChange(const PluginStatus &plugin, const VersionFate &fate, quint64 generation)
{
    if (fate.state == PluginState::Refused)
        return logRefusal(plugin, fate);
    QString line = u"plugin %1 id=%2 version=%3 sha256=%4"_s.arg(stateName(fate.state), plugin.id, fate.version,
                                                                 shortHash(fate.sha256));
    if (fate.state == PluginState::Live)
        line += u" generation=%1"_s.arg(generation);
    if (!fate.reason.isEmpty())
        line += u" reason=\"%1\""_s.arg(fate.reason);
    const bool isTrouble = fate.state == PluginState::Quarantined || fate.state == PluginState::RolledBack;
    const bool isOnTheWay = fate.state < PluginState::Starting;
    if (isTrouble)
        qCWarning(lcBoard).noquote() << line;
    else if (isOnTheWay)
        qCDebug(lcBoard).noquote() << line;
    else
        qCInfo(lcBoard).noquote() << line;
}

/// Whether a person would call it the same.
bool isSameFate(VersionFate a, const VersionFate &b)
{
    a.since = b.since;
    return a == b;
}

QList<VersionKey> keysOf(const Plan &plan)
{
    QList<VersionKey> keys;
    for (const PlannedPlugin &plugin : plan.plugins)
        keys.append(plugin.key());
    return keys;
}

} // namespace

void StatusBoard::restore(HostStatus remembered)
{
    m_status = std::move(remembered);
    m_status.generation = 0;
    m_status.workers = {};
    for (PluginStatus &plugin : m_status.plugins) {
        plugin.current = {};
        plugin.turnedAway.reset();
    }
}

QMap<QString, QList<LiveVersion>> StatusBoard::histories() const
{
    QMap<QString, QList<LiveVersion>> histories;
    for (const PluginStatus &plugin : m_status.plugins)
        histories.insert(plugin.id, plugin.history);
    return histories;
}

QStringList StatusBoard::removed() const
{
    QStringList ids;
    for (const PluginStatus &plugin : m_status.plugins) {
        if (plugin.wasRemoved)
            ids.append(plugin.id);
    }
    return ids;
}

PluginStatus &StatusBoard::row(const QString &id)
{
    const auto at = std::lower_bound(
        m_status.plugins.begin(), m_status.plugins.end(), id,
        [](const PluginStatus &plugin, const QString &other) { return plugin.id < other; });
    if (at != m_status.plugins.end() && at->id == id)
        return *at;
    PluginStatus added;
    added.id = id;
    return *m_status.plugins.insert(at, added);
}

void StatusBoard::show(const Decision &decision, const Plan &live, const QDateTime &now)
{
    const QList<VersionKey> keys = keysOf(live);
    for (auto it = decision.outcomes.begin(); it != decision.outcomes.end(); ++it)
        showOutcome(it.key(), it.value(), decision.isFinal(), keys, now);
    showAbsent(decision, keys, now);
}

void StatusBoard::showOutcome(const QString &id, const Outcome &outcome, bool isFinal, const QList<VersionKey> &live,
                              const QDateTime &now)
{
    PluginStatus &plugin = row(id);
    plugin.file = outcome.file;
    if (!isFinal && plugin.current.state == PluginState::Live)
        return; // it goes on being live until there is something to take its place
    VersionFate current = outcome.current;
    if (current.state == PluginState::Starting && live.contains({id, current.sha256}))
        current.state = PluginState::Live;
    // First why the file is not taken, then what is served in its place.
    if (outcome.turnedAway) {
        if (!plugin.turnedAway)
            plugin.turnedAway = VersionFate();
        setFate(plugin, *plugin.turnedAway, *outcome.turnedAway, now);
    } else {
        plugin.turnedAway.reset();
    }
    setFate(plugin, plugin.current, current, now);
}

/// Of plugins whose file is not there any more.
void StatusBoard::showAbsent(const Decision &decision, const QList<VersionKey> &live, const QDateTime &now)
{
    for (PluginStatus &plugin : m_status.plugins) {
        if (decision.outcomes.contains(plugin.id))
            continue;
        plugin.turnedAway.reset();
        plugin.wasRemoved = true;
        VersionFate next = plugin.current;
        next.phase.clear();
        next.reason.clear();
        next.remedy.clear();
        next.state = live.contains({plugin.id, plugin.current.sha256}) ? PluginState::Draining : PluginState::Gone;
        if (!plugin.current.sha256.isEmpty() || plugin.history.isEmpty())
            setFate(plugin, plugin.current, next, now);
        else
            plugin.current.state = PluginState::Gone; // since an earlier life of the supervisor: no news
    }
    m_status.plugins.removeIf([&](const PluginStatus &plugin) {
        return plugin.current.state == PluginState::Gone && plugin.history.isEmpty();
    });
}

void StatusBoard::setFate(const PluginStatus &plugin, VersionFate &fate, VersionFate next, const QDateTime &now)
{
    if (isSameFate(fate, next))
        return;
    next.since = now;
    fate = next;
    logChange(plugin, fate, m_status.generation);
}

void StatusBoard::noteLive(const Plan &plan, quint64 generation, const QMap<QString, OfferedFile> &offered,
                           const QDateTime &now)
{
    m_status.generation = generation;
    QList<VersionKey> wanted = keysOf(plan);
    for (const PlannedPlugin &live : plan.plugins) {
        PluginStatus &plugin = row(live.id);
        plugin.wasRemoved = false;
        QList<LiveVersion> &history = plugin.history;
        if (history.isEmpty() || history.first().sha256 != live.sha256) {
            history.removeIf([&](const LiveVersion &version) { return version.sha256 == live.sha256; });
            history.prepend({live.version, live.title, live.sha256, now});
            history.resize(std::min<qsizetype>(history.size(), keptVersions));
        }
    }
    for (auto it = offered.begin(); it != offered.end(); ++it)
        wanted.append({it.key(), it->sha256});
    const auto isOver = [&](const auto &held) {
        return !wanted.contains(held.key)
            && std::any_of(plan.plugins.begin(), plan.plugins.end(),
                           [&](const auto &live) { return live.id == held.key.id; });
    };
    m_status.quarantine.removeIf(isOver);
    m_status.barred.removeIf(isOver);
}

} // namespace quoin::plugins
