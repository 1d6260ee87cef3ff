// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pipelinestate.h"

#include <QLoggingCategory>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

Q_LOGGING_CATEGORY(lcVerdicts, "quoin.plugins", QtInfoMsg)

} // namespace

void Pipeline::Private::live(const Plan &plan, quint64 generation)
{
    m_hasLive = true;
    livePlan = plan;
    board.noteLive(plan, generation, m_offered, now());
    consider();
    prune();
}

void Pipeline::Private::refused(const Plan &plan, const QList<Refusal> &refusals)
{
    bool isNamed = false;
    for (const PlannedPlugin &plugin : plan.plugins) {
        const auto refusal = std::find_if(refusals.begin(), refusals.end(),
                                          [&](const Refusal &candidate) { return candidate.id == plugin.id; });
        // Phase::Resolve: it could not start without another one that is refused. What it requires is asked anew.
        if (refusal == refusals.end() || refusal->phase == Phase::Resolve)
            continue;
        isNamed = true;
        KnownVersion &version = m_versions[plugin.key()];
        version.refusal = *refusal;
        version.refusal->file = plugin.file;
        version.refusal->version = plugin.version;
    }
    if (!isNamed) {
        qCWarning(lcVerdicts) << "plan given up: it could not be started, and no plugin of it is to blame";
        m_givenUp = plan;
    }
    if (plan.servesSame(plannedPlan)) {
        plannedPlan = livePlan;
        m_hasPlanned = m_hasLive;
    }
    consider();
}

void Pipeline::Private::crashed(const VersionKey &key, const QString &what)
{
    const auto isThis = [&](const PlannedPlugin &plugin) { return plugin.key() == key; };
    const auto plugin = std::find_if(livePlan.plugins.begin(), livePlan.plugins.end(), isThis);
    if (plugin == livePlan.plugins.end()) {
        qCInfo(lcVerdicts).noquote() << u"crash of a version that is not live id=%1 sha256=%2 what=\"%3\""_s.arg(
            key.id, QString::fromLatin1(key.sha256.left(12)), what);
        return;
    }
    const QString version = plugin->version;
    const auto verdict = m_crashes.crashed(key, board.histories().value(key.id), canRollBack(key), now());
    qCWarning(lcVerdicts).noquote() << u"plugin crashed id=%1 version=%2 what=\"%3\" count=%4"_s
                                           .arg(key.id, version, what)
                                           .arg(m_crashes.count(key));
    if (verdict == CrashBook::Verdict::RollBack)
        setBack(key, version, what);
    else if (verdict == CrashBook::Verdict::Quarantine)
        quarantine(key, version, what);
    m_givenUp.reset();
    consider();
}

/// Only what the folder offers has come; what serves in its place was there before. And once is enough: if nothing
/// could take its place the first time, crashes count towards quarantine.
bool Pipeline::Private::canRollBack(const VersionKey &key) const
{
    const auto &barred = board.status().barred;
    const bool isBarred = std::any_of(barred.begin(), barred.end(), [&](const Bar &bar) {
        return bar.key == key && bar.since > m_choices.enabled.value(key.id);
    });
    return !isBarred && m_offered.value(key.id).sha256 == key.sha256;
}

void Pipeline::Private::setBack(const VersionKey &key, const QString &version, const QString &what)
{
    auto &barred = board.status().barred;
    barred.removeIf([&](const Bar &bar) { return bar.key == key; });
    barred.append({key, version, u"crashed right after it came: "_s + what, now()});
}

void Pipeline::Private::quarantine(const VersionKey &key, const QString &version, const QString &what)
{
    auto &all = board.status().quarantine;
    all.removeIf([&](const Quarantine &quarantine) { return quarantine.key == key; });
    const int count = m_crashes.count(key);
    all.append({key, version,
                u"crashed %1 times in %2 s: %3"_s.arg(count).arg(options.crashes.window.count()).arg(what), now(),
                count});
    m_crashes.forget(key.id);
}

} // namespace quoin::plugins
