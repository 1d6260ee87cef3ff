// SPDX-License-Identifier: GPL-3.0-only
#include "situationscene.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::plugins;

namespace {

/// "a:1 b:2", in the order of starting.
QString served(const Decision &decision)
{
    QStringList texts;
    for (const PlannedPlugin &plugin : decision.plan.plugins)
        texts.append(plugin.id + u':' + QString::fromLatin1(plugin.sha256));
    return texts.join(u' ');
}

QString withheld(const Decision &decision)
{
    QStringList texts;
    for (const WithheldPlugin &plugin : decision.plan.withheld)
        texts.append(plugin.id + u':' + QString::fromLatin1(plugin.sha256));
    return texts.join(u' ');
}

} // namespace

class TestDecide final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsServed_data();
    void whatIsServed();
    void anEarlierVersionSaysWhyItServes();
    void whatIsNotProbedIsAskedFor();
    void anEarlierVersionIsAskedForOnlyWhenNeeded();
    void settingsThatDoNotFitAreAFault();
    void downgradesAreRefusedWhereTrustIsRequired();
    void whoIsAloneMayTakeAway();
    void migrationsTheVersionBeforeHasAreDone();
    void theIdOfTheHostIsTaken();
    void aRouteOfTheHostIsTaken();
    void withheldPluginsKeepTheirRoutes();
    void refusalsAreTold();
    void theSameSituationGivesTheSamePlan();
};

void TestDecide::whatIsServed_data()
{
    QTest::addColumn<SituationScene>("scene");
    QTest::addColumn<QString>("plugins");
    QTest::addColumn<QString>("withheldPlugins");
    const auto row = [](const char *name, const SituationScene &scene, const QString &plugins,
                        const QString &away = {}) { QTest::newRow(name) << scene << plugins << away; };
    const auto scene = [] { return SituationScene(); };

    row("nothing", scene(), u""_s);
    row("what is in the folder", scene().offer(u"a"_s, "1").offer(u"b"_s, "1"), u"a:1 b:1"_s);
    row("requirements come first", scene().offer(u"a"_s, "1").offer(u"b"_s, "1").requirement(u"a"_s, "1", u"b"_s),
        u"b:1 a:1"_s);
    row("a newer file takes over", scene().wasLive(u"a"_s, "1").offer(u"a"_s, "2"), u"a:2"_s);
    row("no file, no plugin", scene().wasLive(u"a"_s, "1"), u""_s);
    row("a refused file leaves the version before", scene().wasLive(u"a"_s, "1").offerRefused(u"a"_s, u"cut"_s),
        u"a:1"_s);
    row("a refused file without a version before", scene().offerRefused(u"a"_s, u"cut"_s).offer(u"b"_s, "1"), u"b:1"_s);
    row("what did not start leaves the version before",
        scene().wasLive(u"a"_s, "1").offer(u"a"_s, "2").refuse(u"a"_s, "2", u"no table"_s), u"a:1"_s);
    auto removed = scene().wasLive(u"a"_s, "1").offerRefused(u"a"_s, u"cut"_s);
    removed.situation.removed.append(u"a"_s);
    row("a refused file where it had been taken away", removed, u""_s);
    row("the version before may be broken too",
        scene()
            .wasLive(u"a"_s, "1")
            .wasLive(u"a"_s, "2")
            .refuse(u"a"_s, "2", u"x"_s)
            .offer(u"a"_s, "3")
            .refuse(u"a"_s, "3", u"x"_s),
        u"a:1"_s);
    row("nothing of it starts", scene().wasLive(u"a"_s, "1").refuse(u"a"_s, "1", u"x"_s).offer(u"a"_s, "1"), u""_s);

    row("what lacks a requirement", scene().offer(u"a"_s, "1").requirement(u"a"_s, "1", u"b"_s), u""_s);
    row("what lacks a requirement that was refused",
        scene().offer(u"a"_s, "1").requirement(u"a"_s, "1", u"b"_s).offer(u"b"_s, "1").refuse(u"b"_s, "1", u"x"_s),
        u""_s);
    row("an upgrade of two, one of which fails, is none",
        scene()
            .wasLive(u"a"_s, "1")
            .wasLive(u"b"_s, "1")
            .offer(u"a"_s, "2", u"2.0.0"_s)
            .requirement(u"a"_s, "2", u"b"_s, u"2.0"_s)
            .offer(u"b"_s, "2", u"2.0.0"_s)
            .refuse(u"b"_s, "2", u"x"_s),
        u"a:1 b:1"_s);
    row("an upgrade that breaks another's requirement",
        scene()
            .wasLive(u"a"_s, "1")
            .offer(u"a"_s, "1")
            .requirement(u"a"_s, "1", u"b"_s, u"2.0"_s)
            .wasLive(u"b"_s, "1", u"2.0.0"_s)
            .offer(u"b"_s, "2", u"1.0.0"_s),
        u"b:2"_s);
    row("a circle",
        scene().offer(u"a"_s, "1").offer(u"b"_s, "1").requirement(u"a"_s, "1", u"b"_s).requirement(u"b"_s, "1", u"a"_s),
        u""_s);

    row("of two newcomers the first by name",
        scene().offer(u"a"_s, "1").route(u"a"_s, "1", u"/x"_s).offer(u"b"_s, "1").route(u"b"_s, "1", u"/x"_s),
        u"a:1"_s);
    row("who was there before keeps its route",
        scene()
            .offer(u"a"_s, "1")
            .route(u"a"_s, "1", u"/x/{id}"_s)
            .wasLive(u"b"_s, "1")
            .offer(u"b"_s, "1")
            .route(u"b"_s, "1", u"/x/{name}"_s),
        u"b:1"_s);
    row("an upgrade that takes another's route is none",
        scene()
            .wasLive(u"a"_s, "1")
            .offer(u"a"_s, "2")
            .route(u"a"_s, "2", u"/x"_s)
            .wasLive(u"b"_s, "1")
            .offer(u"b"_s, "1")
            .route(u"b"_s, "1", u"/x"_s),
        u"a:1 b:1"_s);
    row("a route moves from one to another",
        scene()
            .wasLive(u"a"_s, "1")
            .route(u"a"_s, "1", u"/x"_s)
            .offer(u"a"_s, "2")
            .wasLive(u"b"_s, "1")
            .offer(u"b"_s, "2")
            .route(u"b"_s, "2", u"/x"_s),
        u"a:2 b:2"_s);

    row("quarantined", scene().offer(u"a"_s, "1").quarantine(u"a"_s, "1").offer(u"b"_s, "1"), u"b:1"_s, u"a:1"_s);
    row("quarantined, with a version before",
        scene().wasLive(u"a"_s, "0").wasLive(u"a"_s, "1").offer(u"a"_s, "1").quarantine(u"a"_s, "1"), u""_s, u"a:1"_s);
    row("another file lifts quarantine", scene().wasLive(u"a"_s, "1").offer(u"a"_s, "2").quarantine(u"a"_s, "1"),
        u"a:2"_s);
    row("a broken file does not lift quarantine",
        scene().wasLive(u"a"_s, "1").offerRefused(u"a"_s, u"cut"_s).quarantine(u"a"_s, "1"), u""_s, u"a:1"_s);
    row("what requires a quarantined plugin",
        scene()
            .offer(u"a"_s, "1")
            .quarantine(u"a"_s, "1")
            .offer(u"b"_s, "1")
            .requirement(u"b"_s, "1", u"a"_s)
            .offer(u"c"_s, "1")
            .requirement(u"c"_s, "1", u"b"_s),
        u""_s, u"a:1 b:1 c:1"_s);

    row("barred", scene().wasLive(u"a"_s, "1").wasLive(u"a"_s, "2").offer(u"a"_s, "2").bar(u"a"_s, "2"), u"a:1"_s);
    row("barred, and another file",
        scene().wasLive(u"a"_s, "1").wasLive(u"a"_s, "2").offer(u"a"_s, "3").bar(u"a"_s, "2"), u"a:3"_s);
    row("barred is never fallen back to",
        scene()
            .wasLive(u"a"_s, "1")
            .wasLive(u"a"_s, "2")
            .bar(u"a"_s, "2")
            .offer(u"a"_s, "3")
            .refuse(u"a"_s, "3", u"x"_s),
        u"a:1"_s);
    row("barred, with nothing else left", scene().wasLive(u"a"_s, "2").offer(u"a"_s, "2").bar(u"a"_s, "2"), u"a:2"_s);

    auto disabled = scene().wasLive(u"a"_s, "1").offer(u"a"_s, "1").offer(u"b"_s, "1").requirement(u"b"_s, "1", u"a"_s);
    disabled.situation.choices.disable(u"a"_s);
    row("disabled", disabled, u""_s);
    auto pinned = scene().wasLive(u"a"_s, "1").wasLive(u"a"_s, "2").offer(u"a"_s, "2");
    pinned.situation.choices.pinned.insert(u"a"_s, {"1", "2"});
    row("rolled back by a person", pinned, u"a:1"_s);
    pinned.offer(u"a"_s, "3");
    row("another file ends a person's rollback", pinned, u"a:3"_s);
    auto lifted
        = scene().wasLive(u"a"_s, "1").wasLive(u"a"_s, "2").offer(u"a"_s, "2").bar(u"a"_s, "2").quarantine(u"a"_s, "2");
    lifted.situation.choices.enable(u"a"_s, SituationScene::minute(31));
    row("enabled after bar and quarantine", lifted, u"a:2"_s);
    auto before = scene().offer(u"a"_s, "2").quarantine(u"a"_s, "2");
    before.situation.choices.enable(u"a"_s, SituationScene::minute(29));
    row("enabled before the quarantine", before, u""_s, u"a:2"_s);
}

void TestDecide::whatIsServed()
{
    QFETCH(SituationScene, scene);
    QFETCH(QString, plugins);
    QFETCH(QString, withheldPlugins);
    const Decision decision = decide(scene.situation);
    QVERIFY(decision.isFinal());
    QCOMPARE(served(decision), plugins);
    QCOMPARE(withheld(decision), withheldPlugins);
}

void TestDecide::anEarlierVersionSaysWhyItServes()
{
    SituationScene scene;
    scene.wasLive(u"a"_s, "1", u"1.0.0"_s).offer(u"a"_s, "2", u"2.0.0"_s).refuse(u"a"_s, "2", u"no table"_s);
    const Outcome outcome = decide(scene.situation).outcomes.value(u"a"_s);
    QCOMPARE(outcome.current.version, u"1.0.0"_s);
    QCOMPARE(outcome.current.state, PluginState::Starting);
    QVERIFY(outcome.turnedAway);
    QCOMPARE(outcome.turnedAway->state, PluginState::Refused);
    QCOMPARE(outcome.turnedAway->phase, u"start"_s);
    QCOMPARE(outcome.turnedAway->reason, u"no table"_s);

    scene = SituationScene();
    scene.wasLive(u"a"_s, "1").wasLive(u"a"_s, "2").offer(u"a"_s, "2").bar(u"a"_s, "2");
    const Outcome setBack = decide(scene.situation).outcomes.value(u"a"_s);
    QVERIFY(setBack.turnedAway);
    QCOMPARE(setBack.turnedAway->state, PluginState::RolledBack);
    QCOMPARE(setBack.turnedAway->reason, u"crashed early"_s);
}

void TestDecide::whatIsNotProbedIsAskedFor()
{
    SituationScene scene;
    scene.offer(u"a"_s, "1").offer(u"b"_s, "1");
    scene.at(u"a"_s, "1").facts.reset();
    const Decision decision = decide(scene.situation);
    QVERIFY(!decision.isFinal());
    QCOMPARE(decision.needed, (QList<VersionKey>{{u"a"_s, "1"}}));
    QCOMPARE(decision.outcomes.value(u"a"_s).current.state, PluginState::Linted);
}

void TestDecide::anEarlierVersionIsAskedForOnlyWhenNeeded()
{
    SituationScene scene;
    scene.wasLive(u"a"_s, "1").offer(u"a"_s, "2");
    scene.situation.versions.remove({u"a"_s, "1"});
    QVERIFY(decide(scene.situation).isFinal());

    scene.refuse(u"a"_s, "2", u"no table"_s);
    QCOMPARE(decide(scene.situation).needed, (QList<VersionKey>{{u"a"_s, "1"}}));
}

void TestDecide::settingsThatDoNotFitAreAFault()
{
    SituationScene scene;
    scene.offer(u"a"_s, "1").offer(u"b"_s, "1");
    scene.situation.settingsFault = [](const Metadata &metadata) -> std::optional<Fault> {
        if (metadata.id != u"a"_s)
            return std::nullopt;
        return Fault{u"a.size is no number"_s, u"set it"_s};
    };
    const Decision decision = decide(scene.situation);
    QCOMPARE(served(decision), u"b:1"_s);
    QCOMPARE(decision.outcomes.value(u"a"_s).current.reason, u"a.size is no number"_s);
}

void TestDecide::downgradesAreRefusedWhereTrustIsRequired()
{
    SituationScene scene;
    scene.wasLive(u"a"_s, "2", u"2.0.0"_s).offer(u"a"_s, "1", u"1.9.0"_s);
    QCOMPARE(served(decide(scene.situation)), u"a:1"_s);

    scene.situation.refusesDowngrades = true;
    const Decision decision = decide(scene.situation);
    QCOMPARE(served(decision), u"a:2"_s);
    QCOMPARE(decision.outcomes.value(u"a"_s).turnedAway->phase, u"trust"_s);
}

void TestDecide::whoIsAloneMayTakeAway()
{
    SituationScene scene;
    scene.offer(u"a"_s, "2").migration(u"a"_s, "2", u"0002-drop"_s, u"DROP TABLE a_old"_s);
    QCOMPARE(served(decide(scene.situation)), u"a:2"_s); // never live before

    scene.wasLive(u"a"_s, "1");
    QCOMPARE(served(decide(scene.situation)), u"a:1"_s);
    scene.situation.removed.append(u"a"_s); // its file was taken away, and then the new one came
    QCOMPARE(served(decide(scene.situation)), u"a:2"_s);
}

void TestDecide::migrationsTheVersionBeforeHasAreDone()
{
    SituationScene scene;
    scene.wasLive(u"a"_s, "1").offer(u"a"_s, "2").migration(u"a"_s, "2", u"0002-drop"_s, u"DROP TABLE a_old"_s);
    QCOMPARE(served(decide(scene.situation)), u"a:1"_s);

    scene.migration(u"a"_s, "1", u"0002-drop"_s, u"DROP TABLE a_old"_s);
    QCOMPARE(served(decide(scene.situation)), u"a:2"_s);

    scene.situation.versions.remove({u"a"_s, "1"});
    QCOMPARE(decide(scene.situation).needed, (QList<VersionKey>{{u"a"_s, "1"}}));
}

void TestDecide::theIdOfTheHostIsTaken()
{
    SituationScene scene;
    scene.offer(u"quoin"_s, "1");
    scene.situation.hostClaims.append({u"quoin"_s, QVersionNumber(0, 1), {}});
    const Decision decision = decide(scene.situation);
    QCOMPARE(served(decision), u""_s);
    QCOMPARE(decision.outcomes.value(u"quoin"_s).current.phase, u"conflict"_s);
}

void TestDecide::aRouteOfTheHostIsTaken()
{
    SituationScene scene;
    scene.offer(u"a"_s, "1").route(u"a"_s, "1", u"/healthz"_s);
    HostClaim host{u"quoin"_s, QVersionNumber(0, 1), scene.at(u"a"_s, "1").facts.value()};
    scene.situation.hostClaims.append(host);
    const Decision decision = decide(scene.situation);
    QCOMPARE(served(decision), u""_s);
    QCOMPARE(decision.outcomes.value(u"a"_s).current.reason, u"route GET /healthz is declared by quoin already"_s);
}

void TestDecide::withheldPluginsKeepTheirRoutes()
{
    SituationScene scene;
    scene.offer(u"b"_s, "1").route(u"b"_s, "1", u"/x"_s).quarantine(u"b"_s, "1");
    scene.offer(u"a"_s, "1").route(u"a"_s, "1", u"/x"_s);
    scene.situation.histories[u"b"_s] = {{u"1.0.0"_s, u"b"_s, "1", SituationScene::minute(0)}};
    const Decision decision = decide(scene.situation);
    QCOMPARE(served(decision), u""_s);
    QCOMPARE(decision.plan.withheld.size(), 1);
    QCOMPARE(decision.plan.withheld.first().routes, (QList<WithheldRoute>{{"GET", u"/x"_s, {}}}));
    QCOMPARE(decision.plan.withheld.first().retryAfter, 60);
    QCOMPARE(decision.outcomes.value(u"b"_s).current.state, PluginState::Quarantined);
}

void TestDecide::refusalsAreTold()
{
    SituationScene scene;
    scene.offerRefused(u"a"_s, u"cut"_s).offer(u"b"_s, "1").requirement(u"b"_s, "1", u"zz"_s);
    const Decision decision = decide(scene.situation);
    QCOMPARE(decision.plan.refusals.size(), 2);
    QCOMPARE(decision.plan.refusals.at(0).reason, u"cut"_s);
    QCOMPARE(decision.plan.refusals.at(1).reason, u"requires zz 1.0, which is not there"_s);
    QCOMPARE(decision.plan.refusals.at(1).phase, Phase::Resolve);
}

void TestDecide::theSameSituationGivesTheSamePlan()
{
    SituationScene scene;
    for (const QString &id : {u"e"_s, u"b"_s, u"d"_s, u"a"_s, u"c"_s})
        scene.offer(id, "1").route(id, "1", u"/x"_s);
    const Plan first = decide(scene.situation).plan;
    for (int i = 0; i < 20; ++i)
        QVERIFY(decide(scene.situation).plan.servesSame(first));
    QCOMPARE(first.plugins.size(), 1);
}

QTEST_GUILESS_MAIN(TestDecide)
#include "tst_decide.moc"
