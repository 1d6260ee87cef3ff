// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pipelinestate.h"

#include "plugins/probes.h"
#include "plugins/safefolder.h"
#include "plugins/storepruning.h"
#include "plugins/trust.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <QPointer>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::plugins {

namespace {

Q_LOGGING_CATEGORY(lcPipeline, "quoin.plugins", QtInfoMsg)

/// So that ten changes of state make one file.
constexpr auto savingDelay = 50ms;

} // namespace

Pipeline::Private::Private(Pipeline *pipeline, PipelineOptions given)
    : options(std::move(given))
    , watch(options.watch)
    , q(pipeline)
    , m_crashes(options.crashes)
{
    m_saving.setSingleShot(true);
    m_saving.callOnTimeout(this, &Private::save);
    m_retry.setSingleShot(true);
    m_retry.callOnTimeout(this, &Private::look);
    connect(&watch, &FolderWatch::changed, this, &Private::look);
}

/// The last word in the file: nobody serves any more.
Pipeline::Private::~Private()
{
    if (!m_records)
        return;
    board.status().supervisor = 0;
    board.status().workers = {};
    m_background.run([records = *m_records, status = board.status().toJson()] { return records.write(status); },
                     [](const Result<> &) {});
}

Result<> Pipeline::Private::open()
{
    const auto folder = SafeFolder::open(options.folder);
    if (!folder)
        return Error::invalid(u"the plugin folder is not safe: "_s + folder.error().message());
    auto store = PluginStore::open(options.store);
    if (!store)
        return store.error();
    auto records = PluginRecords::open(options.store);
    if (!records)
        return records.error();
    m_store = *std::move(store);
    m_records = *std::move(records);
    m_ground = {options.folder, &*m_store, &options.lint, options.trust};
    board.restore(m_records->status());
    board.status().supervisor = QCoreApplication::applicationPid();
    board.status().since = now();
    save(); // before anything is looked at, let alone served: who asks is to see that there is somebody
    watch.add(options.folder, {u"*.so"_s, u"*.so.sig"_s});
    watch.add(m_records->path(), {PluginRecords::choicesName()});
    return {};
}

Situation Pipeline::Private::situation() const
{
    Situation situation;
    situation.offered = m_offered;
    situation.versions = m_versions;
    situation.histories = board.histories();
    situation.removed = board.removed();
    situation.quarantine = board.status().quarantine;
    situation.barred = board.status().barred;
    situation.choices = m_choices;
    situation.hostClaims = options.hostClaims;
    situation.settingsFault = options.settingsFault;
    situation.refusesDowngrades = m_ground.trust && m_ground.trust->mode() == TrustOptions::Mode::Require;
    return situation;
}

void Pipeline::Private::consider()
{
    if (!m_hasLooked)
        return;
    const Decision decision = decide(situation());
    for (const VersionKey &key : decision.needed)
        ask(key);
    board.show(decision, livePlan, now());
    saveSoon();
    Q_EMIT q->statusChanged();
    if (decision.isFinal())
        publish(decision.plan);
}

void Pipeline::Private::ask(const VersionKey &key)
{
    if (m_asked.contains(key))
        return;
    m_asked.append(key);
    if (const auto admitted = m_versions.value(key).admitted)
        probe(key, *admitted);
    else
        stage(key);
}

void Pipeline::Private::stage(const VersionKey &key)
{
    struct Staged
    {
        std::optional<AdmittedFile> file;
        Refusal refusal;
    };
    m_background.run(
        [ground = m_ground, key] {
            Staged staged;
            staged.file = admitFromStore(ground, key.id, key.sha256, &staged.refusal);
            return staged;
        },
        [this, key, trust = m_ground.trust](const Staged &staged) {
            m_asked.removeAll(key);
            if (trust != m_ground.trust)
                return consider(); // nobody's word counts that was given before
            KnownVersion &version = m_versions[key];
            version.admitted = staged.file;
            if (!staged.file)
                version.refusal = staged.refusal;
            consider();
        });
}

void Pipeline::Private::probe(const VersionKey &key, const AdmittedFile &file)
{
    // The prober outlives this and may still be busy.
    options.probes->probe(file, [this, alive = QPointer(this), key](const ProbeResult &result) {
        if (!alive)
            return;
        m_asked.removeAll(key);
        if (result.tryAgain) {
            qCWarning(lcPipeline).noquote()
                << u"plugin not probed yet id=%1 reason=\"%2\""_s.arg(key.id, result.refusal.reason);
            m_retry.start(options.retry);
            return;
        }
        KnownVersion &version = m_versions[key];
        version.facts = result.facts;
        if (!result)
            version.refusal = result.refusal;
        consider();
    });
}

void Pipeline::Private::publish(const Plan &plan)
{
    if (m_hasPlanned && plan.servesSame(plannedPlan))
        return;
    if (m_givenUp && plan.servesSame(*m_givenUp))
        return;
    m_hasPlanned = true;
    plannedPlan = plan;
    Q_EMIT q->planned(plan);
}

void Pipeline::Private::saveSoon()
{
    if (!m_saving.isActive())
        m_saving.start(savingDelay);
}

void Pipeline::Private::save()
{
    const QJsonObject status = board.status().toJson();
    if (std::exchange(m_saved, status) == status)
        return;
    m_background.run([records = *m_records, status] { return records.write(status); },
                     [this](const Result<> &written) { noteSaved(written); });
}

/// Tried until it is written, and said once: a disk that is full stays full for a while.
void Pipeline::Private::noteSaved(const Result<> &written)
{
    const QString fault = written ? QString() : written.error().message();
    if (std::exchange(m_saveFault, fault) != fault) {
        if (written)
            qCInfo(lcPipeline) << "status written again";
        else
            qCWarning(lcPipeline).noquote() << "status not written:" << fault;
    }
    if (written)
        return;
    m_saved = {};
    m_saving.start(options.retry);
}

/// Not while somebody copies into the store: what comes is not yet known here.
void Pipeline::Private::prune()
{
    m_mustPrune = m_isLooking || !m_asked.isEmpty();
    if (m_mustPrune)
        return;
    QList<QByteArray> keep;
    for (const OfferedFile &file : std::as_const(m_offered))
        keep.append(file.sha256);
    for (const auto &history : board.histories()) {
        for (const LiveVersion &version : history)
            keep.append(version.sha256);
    }
    for (const Plan &plan : {livePlan, plannedPlan}) {
        for (const PlannedPlugin &plugin : plan.plugins)
            keep.append(plugin.sha256);
    }
    for (const Pin &pin : std::as_const(m_choices.pinned))
        keep.append(pin.to);
    m_background.run(
        [store = m_store->path(), keep] {
            pruneStore(store, keep);
            return true;
        },
        [](bool) {});
}

} // namespace quoin::plugins
