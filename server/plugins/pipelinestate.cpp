// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pipelinestate.h"

#include "plugins/probes.h"
#include "plugins/safefolder.h"
#include "plugins/storepruning.h"
#include "plugins/trust.h"

#include <QCoreApplication>
#include <QLoggingCategory>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::plugins {

namespace {

Q_LOGGING_CATEGORY(lcPipeline, "quoin.plugins", QtInfoMsg)

/// So that ten changes of state make one file.
constexpr auto savingDelay = 50ms;
/// After the host could not even start a probe.
constexpr auto retryDelay = 1000ms;

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
    m_retry.callOnTimeout(this, &Private::consider);
    connect(&watch, &FolderWatch::changed, this, &Private::look);
}

/// The last word in the file: nobody serves any more.
Pipeline::Private::~Private()
{
    if (!m_records)
        return;
    board.status().supervisor = 0;
    board.status().workers = {};
    m_background.run([records = *m_records, status = board.status()] { return records.write(status); },
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
    watch.add(options.folder, {u"*.so"_s, u"*.so.sig"_s});
    watch.add(m_records->path(), {PluginRecords::choicesName()});
    return {};
}

void Pipeline::Private::look()
{
    m_looksAgain = m_isLooking;
    if (std::exchange(m_isLooking, true))
        return;
    const FolderContent before = std::exchange(m_forgetsStamps, false) ? FolderContent() : m_content;
    m_background.run(
        [ground = m_ground, records = *m_records, before] {
            return Sighting{scanFolder(ground, before), records.choices()};
        },
        [this](Sighting sighting) { take(std::move(sighting)); });
}

void Pipeline::Private::lookAnew()
{
    m_forgetsStamps = true;
    for (KnownVersion &version : m_versions)
        version.refusal.reset();
    look();
}

void Pipeline::Private::take(Sighting sighting)
{
    m_isLooking = false;
    takeChoices(sighting.choices);
    const QString fault = sighting.content ? QString() : sighting.content.error().message();
    // What is served stays: a folder that is away for a moment is no wish to take everything away.
    if (std::exchange(m_folderFault, fault) != fault && !fault.isEmpty())
        qCWarning(lcPipeline).noquote() << u"plugin folder unusable, nothing changes reason=\"%1\""_s.arg(fault);
    if (sighting.content)
        takeContent(*sighting.content);
    m_hasLooked = true;
    if (m_looksAgain)
        look();
    else if (m_mustPrune)
        prune();
    consider();
}

void Pipeline::Private::takeContent(const FolderContent &content)
{
    const FolderContent before = std::exchange(m_content, content);
    m_offered.clear();
    for (auto it = content.begin(); it != content.end(); ++it) {
        const auto known = before.find(it.key());
        takeFile(it.key(), *it,
                 known == before.end() || known->stamp != it->stamp || known->signature != it->signature);
    }
    if (content.keys() != before.keys())
        m_givenUp.reset();
    forgetUnused();
}

void Pipeline::Private::takeFile(const QString &name, const ScannedFile &file, bool isNew)
{
    const QString id = name.chopped(3); // ".so"
    if (isNew)
        m_givenUp.reset();
    if (!file.admitted) {
        m_offered.insert(id, {file.refusal.file, {}, file.refusal});
        return;
    }
    const VersionKey key{id, file.admitted->sha256};
    m_offered.insert(id, {file.admitted->path, key.sha256, {}});
    KnownVersion &version = m_versions[key];
    version.admitted = file.admitted;
    if (!isNew)
        return;
    version.refusal.reset(); // the same file put there again: its owner wants it tried again
    if (!file.admitted->untrusted.isEmpty())
        qCWarning(lcPipeline).noquote() << u"plugin untrusted id=%1 sha256=%2 reason=\"%3\""_s.arg(
            id, QString::fromLatin1(key.sha256.first(12)), file.admitted->untrusted);
}

void Pipeline::Private::takeChoices(const Choices &choices)
{
    const Choices before = std::exchange(m_choices, choices);
    if (before == choices)
        return;
    m_givenUp.reset();
    for (auto it = choices.enabled.begin(); it != choices.enabled.end(); ++it) {
        if (m_hasLooked && before.enabled.value(it.key()) != it.value())
            forgetRefusals(it.key());
    }
}

void Pipeline::Private::forgetRefusals(const QString &id)
{
    m_crashes.forget(id);
    for (auto it = m_versions.begin(); it != m_versions.end(); ++it) {
        if (it.key().id == id)
            it->refusal.reset();
    }
}

/// What is neither offered nor might be served in a file's place again.
void Pipeline::Private::forgetUnused()
{
    const auto histories = board.histories();
    for (auto it = m_versions.begin(); it != m_versions.end();) {
        const VersionKey &key = it.key();
        const auto history = histories.value(key.id);
        const bool isUsed = m_offered.value(key.id).sha256 == key.sha256 || m_asked.contains(key)
            || std::any_of(history.begin(), history.end(), [&](const auto &live) { return live.sha256 == key.sha256; });
        it = isUsed ? std::next(it) : m_versions.erase(it);
    }
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
    situation.refusesDowngrades = options.trust && options.trust->mode() == TrustOptions::Mode::Require;
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
        [this, key](const Staged &staged) {
            m_asked.removeAll(key);
            KnownVersion &version = m_versions[key];
            version.admitted = staged.file;
            if (!staged.file)
                version.refusal = staged.refusal;
            consider();
        });
}

void Pipeline::Private::probe(const VersionKey &key, const AdmittedFile &file)
{
    options.probes->probe(file, [this, key](const ProbeResult &result) {
        m_asked.removeAll(key);
        if (result.tryAgain) {
            qCWarning(lcPipeline).noquote()
                << u"plugin not probed yet id=%1 reason=\"%2\""_s.arg(key.id, result.refusal.reason);
            m_retry.start(retryDelay);
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
        if (refusal == refusals.end())
            continue;
        isNamed = true;
        KnownVersion &version = m_versions[plugin.key()];
        version.refusal = *refusal;
        version.refusal->file = plugin.file;
        version.refusal->version = plugin.version;
    }
    if (!isNamed) {
        qCWarning(lcPipeline) << "plan given up: it could not be started, and no plugin of it is to blame";
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
        qCInfo(lcPipeline).noquote() << u"crash of a version that is not live id=%1 sha256=%2 what=\"%3\""_s.arg(
            key.id, QString::fromLatin1(key.sha256.first(12)), what);
        return;
    }
    const QString version = plugin->version;
    const auto verdict = m_crashes.crashed(key, board.histories().value(key.id), canRollBack(key), now());
    qCWarning(lcPipeline).noquote() << u"plugin crashed id=%1 version=%2 what=\"%3\" count=%4"_s
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

void Pipeline::Private::saveSoon()
{
    if (!m_saving.isActive())
        m_saving.start(savingDelay);
}

void Pipeline::Private::save()
{
    m_background.run([records = *m_records, status = board.status()] { return records.write(status); },
                     [](const Result<> &written) {
                         if (!written)
                             qCWarning(lcPipeline).noquote() << "status not written:" << written.error().message();
                     });
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
