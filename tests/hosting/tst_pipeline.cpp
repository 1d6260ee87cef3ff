// SPDX-License-Identifier: GPL-3.0-only
#include "dropfolder.h"
#include "probesdouble.h"

#include "plugins/pipeline.h"
#include "plugins/pluginrecords.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <cstdio>
#include <functional>
#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace quoin;
using namespace quoin::plugins;

namespace {

/// A build of a test plugin that differs from the others only in its bytes: what is behind the ELF tables nobody reads.
QByteArray build(const QString &id, int number)
{
    return DropFolder::plugin(id) + "\nbuild " + QByteArray::number(number);
}

QByteArray hashOf(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

DescriptionFacts factsWith(const QString &pattern)
{
    DescriptionFacts facts;
    RouteFacts route;
    route.method = "GET";
    route.pattern = pattern;
    facts.routes.append(route);
    return facts;
}

} // namespace

/// The pipeline over a real folder and store, with the real gates but the probe.
class TestPipeline final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void anEmptyFolderIsAPlan();
    void whatIsDroppedIsPlanned();
    void anUnsafeFolderIsNotOpened();
    void theStoreHoldsWhatIsPlanned();
    void nothingNewIsNoNewPlan();
    void whatWasProbedIsNotProbedAgain();
    void aNewBuildTakesOver();
    void aBrokenBuildChangesNothing();
    void aBuildThatCrashesInItsProbeChangesNothing();
    void aRemovedFileIsTakenAway();
    void thePlanWaitsForTheProbe();
    void aProbeThatCouldNotBeMadeIsMadeAgain();
    void whatCouldNotBeCopiedIsTriedAgain();
    void aFolderThatIsAwayTakesNothingAway();
    void aFaultThatIsMendedIsSeen();

    void whatAWorkerRefusesIsLeftOut();
    void whatAWorkerRefusesGivesWayToTheVersionBefore();
    void whatRequiresTheRefusedIsNotAtFault();
    void aPlanNobodyIsToBlameForIsGivenUp();
    void theSameFileAgainIsTriedAgain();
    void sighupTriesAgain();

    void aCrashAfterAnUpgradeRollsBack();
    void threeCrashesQuarantine();
    void aNewBuildLiftsQuarantine();
    void enablingLiftsQuarantine();
    void crashesOfVersionsLongGoneCountNothing();

    void disablingTakesAwayAndEnablingBringsBack();
    void aPersonCanRollBack();
    void whatWasDecidedOutlivesTheSupervisor();
    void theVersionBeforeIsFoundAfterARestart();
    void onlyTheLastVersionsAreKept();
    void everyChangeIsOneLine();

private:
    void open();
    void restart();
    QByteArray drop(const QString &id, int number) const
    {
        const QByteArray bytes = build(id, number);
        m_drop->write(u".new"_s, bytes);
        if (std::rename(QFile::encodeName(m_drop->file(u".new"_s)).constData(),
                        QFile::encodeName(m_drop->file(id + u".so"_s)).constData())
            != 0)
            qFatal("cannot rename");
        return hashOf(bytes);
    }
    /// Drops it and lets it go live.
    QByteArray live(const QString &id, int number)
    {
        const QByteArray sha256 = drop(id, number);
        if (!rollOut())
            qFatal("nothing was planned");
        return sha256;
    }
    /// Waits for the next plan and says that it is live.
    bool rollOut()
    {
        if (!QTest::qWaitFor([this] { return !m_plans.isEmpty(); }, testPatience))
            return false;
        m_pipeline->live(m_plans.takeFirst(), ++m_generation);
        return true;
    }
    void choose(const std::function<Result<>(Choices &)> &change) const
    {
        const auto chosen = PluginRecords::open(m_drop->store())->choose(change);
        QVERIFY2(chosen, qPrintable(chosen ? QString() : chosen.error().message()));
    }
    /// After another look at everything, without a new plan. Two looks: one may have been on its way.
    void nothingIsPlanned()
    {
        for (int i = 0; i < 2; ++i) {
            QSignalSpy looked(m_pipeline.get(), &Pipeline::statusChanged);
            m_pipeline->rescan();
            QTRY_VERIFY(!looked.isEmpty());
        }
        QCOMPARE(m_plans.size(), 0);
    }
    PluginStatus status(const QString &id) const
    {
        const PluginStatus *const plugin = m_pipeline->status().plugin(id);
        return plugin ? *plugin : PluginStatus();
    }
    PluginState state(const QString &id) const { return status(id).current.state; }

    std::unique_ptr<DropFolder> m_drop;
    std::unique_ptr<ProbesDouble> m_probes;
    std::unique_ptr<Pipeline> m_pipeline;
    QList<Plan> m_plans;
    QDateTime m_now;
    quint64 m_generation = 0;
};

void TestPipeline::init()
{
    m_drop = std::make_unique<DropFolder>();
    m_probes = std::make_unique<ProbesDouble>();
    m_now = QDateTime(QDate(2026, 1, 1), QTime(12, 0), Qt::UTC);
    m_generation = 0;
}

void TestPipeline::cleanup()
{
    m_pipeline.reset();
    m_plans.clear();
}

void TestPipeline::open()
{
    PipelineOptions options;
    options.folder = m_drop->path();
    options.store = m_drop->store();
    options.probes = m_probes.get();
    options.now = [this] { return m_now; };
    options.watch.poll = 50ms;
    options.retry = 50ms;
    m_pipeline = std::make_unique<Pipeline>(options);
    const auto opened = m_pipeline->open();
    QVERIFY2(opened, qPrintable(opened ? QString() : opened.error().message()));
    connect(m_pipeline.get(), &Pipeline::planned, this, [this](const Plan &plan) { m_plans.append(plan); });
    m_pipeline->start();
}

void TestPipeline::restart()
{
    m_pipeline.reset();
    m_plans.clear();
    open();
}

void TestPipeline::anEmptyFolderIsAPlan()
{
    open();
    QTRY_COMPARE(m_plans.size(), 1);
    QVERIFY(m_plans.first().plugins.isEmpty());
    QVERIFY(m_plans.first().withheld.isEmpty());
}

void TestPipeline::whatIsDroppedIsPlanned()
{
    open();
    QVERIFY(rollOut());
    const QByteArray sha256 = drop(u"good"_s, 1);
    QTRY_COMPARE(m_plans.size(), 1);
    const Plan plan = m_plans.first();
    QCOMPARE(plan.plugins.size(), 1);
    QCOMPARE(plan.plugins.first().key(), (VersionKey{u"good"_s, sha256}));
    QCOMPARE(plan.plugins.first().file, m_drop->file(u"good.so"_s));
    QCOMPARE(state(u"good"_s), PluginState::Starting);

    m_pipeline->live(plan, 2);
    QCOMPARE(state(u"good"_s), PluginState::Live);
    QCOMPARE(m_pipeline->status().generation, quint64(2));
    QCOMPARE(m_pipeline->livePlan().plugins, plan.plugins);
}

void TestPipeline::anUnsafeFolderIsNotOpened()
{
    QFile::setPermissions(m_drop->path(),
                          QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner
                              | QFileDevice::WriteOther);
    PipelineOptions options;
    options.folder = m_drop->path();
    options.store = m_drop->store();
    options.probes = m_probes.get();
    Pipeline pipeline(options);
    const auto opened = pipeline.open();
    QVERIFY(!opened);
    QVERIFY2(opened.error().message().contains(u"chmod go-w "_s + m_drop->path()),
             qPrintable(opened.error().message()));
}

void TestPipeline::theStoreHoldsWhatIsPlanned()
{
    drop(u"good"_s, 1);
    open();
    QTRY_COMPARE(m_plans.size(), 1);
    QFile copy(m_plans.first().plugins.first().copy);
    QVERIFY(copy.open(QIODevice::ReadOnly));
    QCOMPARE(copy.readAll(), build(u"good"_s, 1));
}

void TestPipeline::nothingNewIsNoNewPlan()
{
    open();
    QVERIFY(rollOut());
    live(u"good"_s, 1);
    nothingIsPlanned();
}

void TestPipeline::whatWasProbedIsNotProbedAgain()
{
    open();
    QVERIFY(rollOut());
    live(u"good"_s, 1);
    live(u"notours"_s, 1);
    nothingIsPlanned();
    QCOMPARE(m_probes->asked, (QStringList{u"good"_s, u"notours"_s}));
}

void TestPipeline::aNewBuildTakesOver()
{
    open();
    QVERIFY(rollOut());
    const QByteArray first = live(u"good"_s, 1);
    m_now = m_now.addSecs(3600);
    const QByteArray second = live(u"good"_s, 2);
    const PluginStatus good = status(u"good"_s);
    QCOMPARE(good.current.state, PluginState::Live);
    QCOMPARE(good.current.sha256, second);
    QCOMPARE(good.current.since, m_now);
    QCOMPARE(good.history.size(), 2);
    QCOMPARE(good.history.at(0).sha256, second);
    QCOMPARE(good.history.at(1).sha256, first);
}

void TestPipeline::aBrokenBuildChangesNothing()
{
    open();
    QVERIFY(rollOut());
    const QByteArray first = live(u"good"_s, 1);
    m_drop->write(u"good.so"_s, DropFolder::plugin(u"good"_s).first(4000));
    QTRY_VERIFY(status(u"good"_s).turnedAway);
    QCOMPARE(status(u"good"_s).turnedAway->phase, u"lint"_s);
    QCOMPARE(status(u"good"_s).current.sha256, first);
    QCOMPARE(state(u"good"_s), PluginState::Live);
    QVERIFY(m_plans.isEmpty());
}

void TestPipeline::aBuildThatCrashesInItsProbeChangesNothing()
{
    open();
    QVERIFY(rollOut());
    const QByteArray first = live(u"good"_s, 1);
    m_probes->results.insert(hashOf(build(u"good"_s, 2)), ProbesDouble::crash(u"good"_s));
    const QByteArray second = drop(u"good"_s, 2);
    QTRY_VERIFY(status(u"good"_s).turnedAway);
    QCOMPARE(status(u"good"_s).turnedAway->sha256, second);
    QCOMPARE(status(u"good"_s).turnedAway->phase, u"probe"_s);
    QCOMPARE(status(u"good"_s).current.sha256, first);
    QVERIFY(m_plans.isEmpty());
}

void TestPipeline::aRemovedFileIsTakenAway()
{
    open();
    QVERIFY(rollOut());
    live(u"good"_s, 1);
    QVERIFY(QFile::remove(m_drop->file(u"good.so"_s)));
    QTRY_COMPARE(m_plans.size(), 1);
    QVERIFY(m_plans.first().plugins.isEmpty());
    QCOMPARE(state(u"good"_s), PluginState::Draining);
    QVERIFY(rollOut());
    QCOMPARE(state(u"good"_s), PluginState::Gone);
}

void TestPipeline::thePlanWaitsForTheProbe()
{
    open();
    QVERIFY(rollOut());
    live(u"notours"_s, 1);
    m_probes->holds = true;
    drop(u"good"_s, 1);
    QTRY_COMPARE(m_probes->asked.size(), 2);
    QCOMPARE(state(u"good"_s), PluginState::Linted);
    QCOMPARE(state(u"notours"_s), PluginState::Live);
    QVERIFY(m_plans.isEmpty());
    m_probes->release();
    QTRY_COMPARE(m_plans.size(), 1);
    QCOMPARE(m_plans.first().plugins.size(), 2);
}

void TestPipeline::aProbeThatCouldNotBeMadeIsMadeAgain()
{
    ProbeResult full;
    full.tryAgain = true;
    full.refusal.reason = u"no process"_s;
    const QByteArray sha256 = hashOf(build(u"good"_s, 1));
    m_probes->results.insert(sha256, full);
    drop(u"good"_s, 1);
    open();
    QTRY_COMPARE(m_probes->asked.size(), 1);
    m_probes->results.remove(sha256);
    QTRY_COMPARE(m_plans.size(), 1);
    QCOMPARE(m_plans.first().plugins.size(), 1);
    QCOMPARE(m_probes->asked.size(), 2);
}

void TestPipeline::whatCouldNotBeCopiedIsTriedAgain()
{
    const QByteArray sha256 = drop(u"good"_s, 1);
    QVERIFY(QDir().mkpath(m_drop->store()));
    QFile inTheWay(m_drop->store() + u'/' + QString::fromLatin1(sha256));
    QVERIFY(inTheWay.open(QIODevice::WriteOnly));
    open();
    QVERIFY(rollOut());
    QCOMPARE(state(u"good"_s), PluginState::Refused);
    QCOMPARE(status(u"good"_s).current.phase, u"take"_s);
    QVERIFY(inTheWay.remove());
    QVERIFY(rollOut());
    QCOMPARE(state(u"good"_s), PluginState::Live);
}

void TestPipeline::aFolderThatIsAwayTakesNothingAway()
{
    open();
    QVERIFY(rollOut());
    live(u"good"_s, 1);
    const QString aside = m_drop->path() + u".aside"_s;
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"^plugin folder unusable, nothing changes reason="_s));
    QVERIFY(QDir().rename(m_drop->path(), aside));
    nothingIsPlanned();
    QCOMPARE(state(u"good"_s), PluginState::Live);

    QVERIFY(QDir().rename(aside, m_drop->path()));
    live(u"notours"_s, 1);
    QCOMPARE(m_pipeline->livePlan().plugins.size(), 2);
}

void TestPipeline::aFaultThatIsMendedIsSeen()
{
    const QString file = m_drop->add(u"good"_s);
    QFile::setPermissions(file, QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::WriteOther);
    open();
    QVERIFY(rollOut());
    QCOMPARE(state(u"good"_s), PluginState::Refused);
    QCOMPARE(status(u"good"_s).current.phase, u"take"_s);
    QFile::setPermissions(file, QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    QVERIFY(rollOut());
    QCOMPARE(state(u"good"_s), PluginState::Live);
}

void TestPipeline::whatAWorkerRefusesIsLeftOut()
{
    drop(u"good"_s, 1);
    drop(u"notours"_s, 1);
    open();
    QTRY_COMPARE(m_plans.size(), 1);
    m_pipeline->refused(m_plans.takeFirst(), {{{}, u"notours"_s, {}, Phase::Start, u"no table"_s, u"make one"_s}});
    QTRY_COMPARE(m_plans.size(), 1);
    QCOMPARE(m_plans.first().plugins.size(), 1);
    QCOMPARE(m_plans.first().plugins.first().id, u"good"_s);
    QCOMPARE(state(u"notours"_s), PluginState::Refused);
    QCOMPARE(status(u"notours"_s).current.reason, u"no table"_s);
    QCOMPARE(status(u"notours"_s).current.remedy, u"make one"_s);
}

void TestPipeline::whatAWorkerRefusesGivesWayToTheVersionBefore()
{
    open();
    QVERIFY(rollOut());
    const QByteArray first = live(u"good"_s, 1);
    const QByteArray second = drop(u"good"_s, 2);
    drop(u"notours"_s, 1);
    QTRY_VERIFY(!m_plans.isEmpty() && m_plans.last().plugins.size() == 2);
    const Plan plan = m_plans.takeLast();
    m_plans.clear();
    m_pipeline->refused(plan, {{{}, u"good"_s, {}, Phase::Start, u"no table"_s, u"make one"_s}});
    QTRY_COMPARE(m_plans.size(), 1);
    QCOMPARE(m_plans.first().plugins.size(), 2);
    QVERIFY(rollOut());
    QCOMPARE(status(u"good"_s).current.sha256, first);
    QCOMPARE(status(u"good"_s).turnedAway->sha256, second);

    // With nothing else that is new, what is live is all there is to serve.
    const QByteArray third = drop(u"good"_s, 3);
    QTRY_COMPARE(m_plans.size(), 1);
    m_pipeline->refused(m_plans.takeFirst(), {{{}, u"good"_s, {}, Phase::Start, u"no table"_s, u"make one"_s}});
    QCOMPARE(status(u"good"_s).turnedAway->sha256, third);
    QCOMPARE(status(u"good"_s).current.sha256, first);
    QCOMPARE(state(u"good"_s), PluginState::Live);
    QCOMPARE(m_plans.size(), 0);
}

void TestPipeline::whatRequiresTheRefusedIsNotAtFault()
{
    open();
    QVERIFY(rollOut());
    const QByteArray first = live(u"refusingstart"_s, 1);
    live(u"dependent"_s, 1);
    drop(u"refusingstart"_s, 2);
    QTRY_COMPARE(m_plans.size(), 1);
    m_pipeline->refused(m_plans.takeFirst(),
                        {{{}, u"refusingstart"_s, {}, Phase::Start, u"no table"_s, {}},
                         {{}, u"dependent"_s, {}, Phase::Resolve, u"requires refusingstart"_s, {}}});
    QCOMPARE(state(u"dependent"_s), PluginState::Live);
    QCOMPARE(status(u"refusingstart"_s).current.sha256, first);
    QCOMPARE(m_plans.size(), 0);

    // Where nothing can take its place, the dependent has to go with it.
    restart();
    QVERIFY(QFile::remove(m_drop->file(u"refusingstart.so"_s)));
    QTRY_VERIFY(!m_plans.isEmpty() && m_plans.last().plugins.isEmpty());
    QCOMPARE(state(u"dependent"_s), PluginState::Refused);
    QCOMPARE(status(u"dependent"_s).current.phase, u"resolve"_s);
}

void TestPipeline::aPlanNobodyIsToBlameForIsGivenUp()
{
    open();
    QVERIFY(rollOut());
    live(u"good"_s, 1);
    drop(u"notours"_s, 1);
    QTRY_COMPARE(m_plans.size(), 1);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"^plan given up"_s));
    m_pipeline->refused(m_plans.takeFirst(), {});
    QCOMPARE(m_plans.size(), 0);
    QCOMPARE(m_pipeline->livePlan().plugins.size(), 1);

    drop(u"notours"_s, 2);
    QTRY_COMPARE(m_plans.size(), 1);
    QCOMPARE(m_plans.first().plugins.size(), 2);
}

void TestPipeline::theSameFileAgainIsTriedAgain()
{
    drop(u"good"_s, 1);
    open();
    QTRY_COMPARE(m_plans.size(), 1);
    m_pipeline->refused(m_plans.takeFirst(), {{{}, u"good"_s, {}, Phase::Start, u"no table"_s, {}}});
    QVERIFY(rollOut());
    QCOMPARE(state(u"good"_s), PluginState::Refused);
    drop(u"good"_s, 1);
    QVERIFY(rollOut());
    QCOMPARE(state(u"good"_s), PluginState::Live);
}

void TestPipeline::sighupTriesAgain()
{
    drop(u"good"_s, 1);
    open();
    QTRY_COMPARE(m_plans.size(), 1);
    m_pipeline->refused(m_plans.takeFirst(), {{{}, u"good"_s, {}, Phase::Start, u"no table"_s, {}}});
    QVERIFY(rollOut());
    m_pipeline->rescan();
    QVERIFY(rollOut());
    QCOMPARE(state(u"good"_s), PluginState::Live);
}

void TestPipeline::aCrashAfterAnUpgradeRollsBack()
{
    open();
    QVERIFY(rollOut());
    const QByteArray first = live(u"good"_s, 1);
    const QByteArray second = live(u"good"_s, 2);
    m_now = m_now.addSecs(30);
    m_pipeline->crashed(u"good"_s, second, u"SIGSEGV at 0x0"_s);
    QTRY_COMPARE(m_plans.size(), 1);
    QCOMPARE(m_plans.first().plugins.first().sha256, first);
    QVERIFY(rollOut());
    const PluginStatus good = status(u"good"_s);
    QCOMPARE(good.current.sha256, first);
    QCOMPARE(good.turnedAway->state, PluginState::RolledBack);
    QCOMPARE(good.turnedAway->sha256, second);
    QCOMPARE(good.turnedAway->reason, u"crashed right after it came: SIGSEGV at 0x0"_s);

    // What serves in its place had been live before: its first crash is only counted.
    m_pipeline->crashed(u"good"_s, first, u"SIGSEGV at 0x0"_s);
    nothingIsPlanned();

    const QByteArray third = live(u"good"_s, 3);
    QCOMPARE(status(u"good"_s).current.sha256, third);
    QVERIFY(!status(u"good"_s).turnedAway);
    QVERIFY(m_pipeline->status().barred.isEmpty());
}

void TestPipeline::threeCrashesQuarantine()
{
    const QByteArray bytes = build(u"good"_s, 1);
    ProbeResult probed;
    probed.facts = factsWith(u"/good"_s);
    m_probes->results.insert(hashOf(bytes), probed);
    open();
    QVERIFY(rollOut());
    const QByteArray sha256 = live(u"good"_s, 1);
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(m_plans.size(), 0);
        m_now = m_now.addSecs(10);
        m_pipeline->crashed(u"good"_s, sha256, u"SIGABRT"_s);
    }
    QTRY_COMPARE(m_plans.size(), 1);
    QVERIFY(m_plans.first().plugins.isEmpty());
    QCOMPARE(m_plans.first().withheld.size(), 1);
    QCOMPARE(m_plans.first().withheld.first().reason, u"crashed 3 times in 60 s: SIGABRT"_s);
    QCOMPARE(m_plans.first().withheld.first().routes, (QList<WithheldRoute>{{"GET", u"/good"_s, {}}}));
    QVERIFY(rollOut());
    QCOMPARE(state(u"good"_s), PluginState::Quarantined);

    // The same bytes under a new time are the same version.
    drop(u"good"_s, 1);
    nothingIsPlanned();
}

void TestPipeline::aNewBuildLiftsQuarantine()
{
    open();
    QVERIFY(rollOut());
    const QByteArray sha256 = live(u"good"_s, 1);
    for (int i = 0; i < 3; ++i)
        m_pipeline->crashed(u"good"_s, sha256, u"SIGABRT"_s);
    QVERIFY(rollOut());
    live(u"good"_s, 2);
    QCOMPARE(state(u"good"_s), PluginState::Live);
    QVERIFY(m_pipeline->status().quarantine.isEmpty());
}

void TestPipeline::enablingLiftsQuarantine()
{
    open();
    QVERIFY(rollOut());
    const QByteArray sha256 = live(u"good"_s, 1);
    for (int i = 0; i < 3; ++i)
        m_pipeline->crashed(u"good"_s, sha256, u"SIGABRT"_s);
    QVERIFY(rollOut());
    m_now = m_now.addSecs(10);
    choose([this](Choices &choices) {
        choices.enable(u"good"_s, m_now);
        return Result<>();
    });
    QVERIFY(rollOut());
    QCOMPARE(state(u"good"_s), PluginState::Live);

    // Crashes from before do not count, new ones do.
    m_now = m_now.addSecs(10);
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(m_plans.size(), 0);
        m_pipeline->crashed(u"good"_s, sha256, u"SIGABRT"_s);
    }
    QVERIFY(rollOut());
    QCOMPARE(state(u"good"_s), PluginState::Quarantined);
}

void TestPipeline::crashesOfVersionsLongGoneCountNothing()
{
    open();
    QVERIFY(rollOut());
    const QByteArray first = live(u"good"_s, 1);
    live(u"good"_s, 2);
    for (int i = 0; i < 5; ++i)
        m_pipeline->crashed(u"good"_s, first, u"SIGABRT"_s);
    m_pipeline->crashed(u"nobody"_s, "00", u"SIGABRT"_s);
    nothingIsPlanned();
    QVERIFY(m_pipeline->status().quarantine.isEmpty());
}

void TestPipeline::disablingTakesAwayAndEnablingBringsBack()
{
    open();
    QVERIFY(rollOut());
    live(u"good"_s, 1);
    choose([](Choices &choices) {
        choices.disable(u"good"_s);
        return Result<>();
    });
    QVERIFY(rollOut());
    QVERIFY(m_pipeline->livePlan().plugins.isEmpty());
    QCOMPARE(state(u"good"_s), PluginState::Disabled);
    choose([this](Choices &choices) {
        choices.enable(u"good"_s, m_now);
        return Result<>();
    });
    QVERIFY(rollOut());
    QCOMPARE(state(u"good"_s), PluginState::Live);
}

void TestPipeline::aPersonCanRollBack()
{
    open();
    QVERIFY(rollOut());
    const QByteArray first = live(u"good"_s, 1);
    const QByteArray second = live(u"good"_s, 2);
    const auto records = PluginRecords::open(m_drop->store());
    QTRY_COMPARE(records->status().plugin(u"good"_s) ? records->status().plugin(u"good"_s)->history.size() : 0, 2);
    choose([&](Choices &choices) { return choices.rollBack(u"good"_s, records->status()); });
    QVERIFY(rollOut());
    QCOMPARE(status(u"good"_s).current.sha256, first);
    QCOMPARE(status(u"good"_s).turnedAway->sha256, second);
    QCOMPARE(status(u"good"_s).turnedAway->state, PluginState::RolledBack);

    const QByteArray third = live(u"good"_s, 3);
    QCOMPARE(status(u"good"_s).current.sha256, third);
}

void TestPipeline::whatWasDecidedOutlivesTheSupervisor()
{
    open();
    QVERIFY(rollOut());
    const QByteArray first = live(u"good"_s, 1);
    const QByteArray second = live(u"good"_s, 2);
    const QByteArray other = live(u"notours"_s, 1);
    m_pipeline->crashed(u"good"_s, second, u"SIGSEGV"_s);
    QVERIFY(rollOut());
    for (int i = 0; i < 3; ++i)
        m_pipeline->crashed(u"notours"_s, other, u"SIGSEGV"_s);
    QVERIFY(rollOut());

    restart();
    QTRY_COMPARE(m_plans.size(), 1);
    const Plan plan = m_plans.first();
    QCOMPARE(plan.plugins.size(), 1);
    QCOMPARE(plan.plugins.first().sha256, first);
    QCOMPARE(plan.withheld.size(), 1);
    QCOMPARE(plan.withheld.first().id, u"notours"_s);
    QCOMPARE(m_pipeline->status().supervisor, QCoreApplication::applicationPid());
}

void TestPipeline::theVersionBeforeIsFoundAfterARestart()
{
    open();
    QVERIFY(rollOut());
    const QByteArray first = live(u"good"_s, 1);
    const QDateTime since = status(u"good"_s).history.first().since;
    m_pipeline.reset();
    m_plans.clear();
    QCOMPARE(PluginRecords::open(m_drop->store())->status().supervisor, qint64(0));
    m_drop->write(u"good.so"_s, "rubbish");
    m_now = m_now.addSecs(3600);
    open();
    QTRY_COMPARE(m_plans.size(), 1);
    QCOMPARE(m_plans.first().plugins.size(), 1);
    QCOMPARE(m_plans.first().plugins.first().sha256, first);
    QVERIFY(rollOut());
    QCOMPARE(status(u"good"_s).history.first().since, since); // a restart is no upgrade
}

void TestPipeline::onlyTheLastVersionsAreKept()
{
    open();
    QVERIFY(rollOut());
    QList<QByteArray> hashes;
    for (int number = 1; number <= 5; ++number)
        hashes.append(live(u"good"_s, number));
    const auto copies = [this] {
        QStringList names = QDir(m_drop->store()).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        names.sort();
        return names;
    };
    QStringList expected;
    for (const QByteArray &hash : hashes.sliced(2))
        expected.append(QString::fromLatin1(hash));
    expected.sort();
    QTRY_COMPARE(copies(), expected);
    QCOMPARE(status(u"good"_s).history.size(), 3);
}

void TestPipeline::everyChangeIsOneLine()
{
    open();
    QVERIFY(rollOut());
    const QByteArray sha256 = drop(u"good"_s, 1);
    const QString version = u"1.0.0"_s;
    const QString facts = u" id=good version=%1 sha256=%2"_s.arg(version, QString::fromLatin1(sha256.first(12)));
    QTest::ignoreMessage(QtInfoMsg, qPrintable(u"plugin starting"_s + facts));
    QTest::ignoreMessage(QtInfoMsg, qPrintable(u"plugin live"_s + facts + u" generation=2"_s));
    QVERIFY(rollOut());
    QTest::ignoreMessage(QtInfoMsg, qPrintable(u"plugin draining"_s + facts));
    QTest::ignoreMessage(QtInfoMsg, qPrintable(u"plugin gone"_s + facts));
    QVERIFY(QFile::remove(m_drop->file(u"good.so"_s)));
    QVERIFY(rollOut());
    m_drop->write(u"good.so"_s, "rubbish");
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"^refused file=.*/good.so plugin=good phase=lint reason=\"not an ELF"_s));
    QTRY_COMPARE(state(u"good"_s), PluginState::Refused);
}

QTEST_GUILESS_MAIN(TestPipeline)
#include "tst_pipeline.moc"
