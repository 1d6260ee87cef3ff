// SPDX-License-Identifier: GPL-3.0-only
#include "dropfolder.h"
#include "servicesdouble.h"

#include "plugins/folderscan.h"
#include "plugins/plan.h"
#include "plugins/pluginhost.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <utility>

using namespace Qt::StringLiterals;
using namespace quoin::plugins;

namespace {

Plan fullPlan()
{
    Plan plan;
    plan.plugins.append({u"b"_s, u"1.0.0"_s, u"Bé"_s, "bb", u"/store/bb/b.so"_s, u"/drop/b.so"_s});
    plan.plugins.append({u"a"_s, u"2.0.0"_s, u"A"_s, "aa", u"/store/aa/a.so"_s, u"/drop/a.so"_s});
    plan.withheld.append(
        {u"c"_s, u"1.0.0"_s, "cc", u"crashed \"3\" times"_s, 60, {{"GET", u"/c/{id}"_s, {"integer"}}}});
    plan.refusals.append({u"/drop/d.so"_s, u"d"_s, u"0.1.0"_s, Phase::Conflict, u"taken"_s, u"remove one"_s});
    return plan;
}

} // namespace

/// What a supervisor plans and a worker loads.
class TestPlan final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jsonBringsItBack();
    void whatIsNoPlanIsAnError_data();
    void whatIsNoPlanIsAnError();
    void whatServesTheSame_data();
    void whatServesTheSame();
    void everyPhaseSurvivesJson();
    void thePlannedCopiesAreLoadedInOrder();
    void aPlannedCopyThatIsGoneIsRefused();

private:
    /// The entry of a test plugin whose copy is in the store.
    PlannedPlugin planned(const QString &id) const;

    const DropFolder m_drop;
    ServicesDouble m_services;
};

void TestPlan::jsonBringsItBack()
{
    const Plan plan = fullPlan();
    const QByteArray text = QJsonDocument(plan.toJson()).toJson();
    const auto back = Plan::fromJson(QJsonDocument::fromJson(text).object());
    QVERIFY(back);
    QCOMPARE(back->plugins, plan.plugins);
    QCOMPARE(back->withheld, plan.withheld);
    QCOMPARE(back->refusals.size(), 1);
    QCOMPARE(back->refusals.first().toLine(), plan.refusals.first().toLine());
}

void TestPlan::whatIsNoPlanIsAnError_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QString>("reason");
    QTest::newRow("no plugins") << QByteArray("\"plugins\"") << QByteArray("\"plugs\"")
                                << u"\"plugins\" of the plan must be a list"_s;
    QTest::newRow("no copy") << QByteArray("\"/store/aa/a.so\"") << QByteArray("7")
                             << u"\"copy\" of plugins[1] must be a text"_s;
    QTest::newRow("no phase") << QByteArray("\"conflict\"") << QByteArray("\"lunch\"") << u"\"lunch\" is no phase"_s;
    QTest::newRow("something else") << QByteArray("\"pattern\"") << QByteArray("\"x\":1,\"pattern\"")
                                    << u"\"x\" of routes[0] is not known"_s;
}

void TestPlan::whatIsNoPlanIsAnError()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(QString, reason);
    QByteArray text = QJsonDocument(fullPlan().toJson()).toJson(QJsonDocument::Compact);
    QVERIFY(text.contains(from));
    const auto plan = Plan::fromJson(QJsonDocument::fromJson(text.replace(from, to)).object());
    QVERIFY(!plan);
    QCOMPARE(plan.error().message(), reason);
}

void TestPlan::whatServesTheSame_data()
{
    QTest::addColumn<Plan>("other");
    QTest::addColumn<bool>("same");
    const auto row = [](const char *name, bool same, auto change) {
        Plan plan = fullPlan();
        change(plan);
        QTest::newRow(name) << plan << same;
    };
    row("itself", true, [](Plan &) {});
    row("other refusals", true, [](Plan &plan) { plan.refusals.clear(); });
    row("the file elsewhere", true, [](Plan &plan) { plan.plugins[0].file = u"/elsewhere/b.so"_s; });
    row("another build", false, [](Plan &plan) { plan.plugins[0].sha256 = "b2"; });
    row("another order", false, [](Plan &plan) { plan.plugins.swapItemsAt(0, 1); });
    row("one less", false, [](Plan &plan) { plan.plugins.removeLast(); });
    row("nothing withheld", false, [](Plan &plan) { plan.withheld.clear(); });
    row("withheld for another reason", false, [](Plan &plan) { plan.withheld[0].reason = u"other"_s; });
}

void TestPlan::whatServesTheSame()
{
    QFETCH(Plan, other);
    QFETCH(bool, same);
    QCOMPARE(fullPlan().servesSame(other), same);
    QCOMPARE(other.servesSame(fullPlan()), same);
}

void TestPlan::everyPhaseSurvivesJson()
{
    for (int i = 0; i <= static_cast<int>(Phase::Start); ++i) {
        Plan plan;
        plan.refusals.append({u"f"_s, {}, {}, static_cast<Phase>(i), u"r"_s, {}});
        const auto back = Plan::fromJson(plan.toJson());
        QVERIFY(back);
        QVERIFY(back->refusals.first().phase == static_cast<Phase>(i));
    }
}

PlannedPlugin TestPlan::planned(const QString &id) const
{
    m_drop.add(id);
    const auto store = PluginStore::open(m_drop.store());
    const LintOptions lint;
    const auto content = scanFolder({m_drop.path(), &*store, &lint, nullptr}, {});
    const auto file = content->value(id + u".so"_s).admitted;
    if (!file)
        qFatal("%s was not admitted", qPrintable(id));
    return {id, file->metadata.version.toString(), file->metadata.title, file->sha256, file->copy, file->path};
}

void TestPlan::thePlannedCopiesAreLoadedInOrder()
{
    Plan plan;
    plan.plugins = {planned(u"refusingstart"_s), planned(u"dependent"_s), planned(u"good"_s)};
    PluginHost host;
    host.load(plan);
    QVERIFY(host.refusals().isEmpty());
    QStringList ids;
    for (const auto &plugin : host.plugins()) {
        ids.append(plugin->id());
        QCOMPARE(plugin->file, m_drop.file(plugin->id() + u".so"_s));
        QCOMPARE(plugin->sha256, plan.plugins.at(ids.size() - 1).sha256);
    }
    QCOMPARE(ids, (QStringList{u"refusingstart"_s, u"dependent"_s, u"good"_s}));

    host.start([this](const HostedPlugin &) { return &m_services; });
    QCOMPARE(host.live().size(), 1);
    QCOMPARE(host.live().first()->id(), u"good"_s);
    QCOMPARE(host.refusals().size(), 2);
    QCOMPARE(host.refusals().first().id, u"refusingstart"_s);
}

void TestPlan::aPlannedCopyThatIsGoneIsRefused()
{
    Plan plan;
    plan.plugins = {planned(u"misdescribed"_s), planned(u"rival"_s)};
    QVERIFY(QFile::remove(plan.plugins.first().copy));
    PluginHost host;
    host.load(plan);
    QCOMPARE(host.refusals().size(), 1);
    QCOMPARE(host.refusals().first().id, u"misdescribed"_s);
    QCOMPARE(host.plugins().size(), 1U);
}

QTEST_GUILESS_MAIN(TestPlan)
#include "tst_plan.moc"
