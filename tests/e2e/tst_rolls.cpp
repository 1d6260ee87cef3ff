// SPDX-License-Identifier: GPL-3.0-only
#include "pluginground.h"
#include "slowclients.h"
#include "wrkload.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Plugins come, change and go while clients of every kind ask, and none of them notices. QUOIN_ROLLS: how many changes
/// in a row, 10 unless told; QUOIN_SLOW_CLIENTS: how many connections are kept by clients that are idle most of the
/// time, 50 unless told.
class RollsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void aFileDroppedInIsLiveAndNoRequestFails();
    void anUpgradeIsLiveAndNoRequestFails_data();
    void anUpgradeIsLiveAndNoRequestFails();
    void aRemovalIsSeenAndNoRequestFails();
    void manyRollsFailNoRequest_data();
    void manyRollsFailNoRequest();
    void tenFilesAtOnceMakeFewGenerations();
    void halfAFileIsRefusedAndTheOldVersionGoesOn();
    void cleanup();

private:
    void load(const QByteArray &target);
    void expectNoFault();

    int m_rolls = 10;
    int m_slowClients = 50;
    std::unique_ptr<PluginGround> m_ground;
    std::unique_ptr<WrkLoad> m_kept;
    std::unique_ptr<WrkLoad> m_short;
    std::unique_ptr<SlowClients> m_slow;
};

#define VERIFY_NO_FAULT() \
    do { \
        expectNoFault(); \
        if (QTest::currentTestFailed()) \
            return; \
    } while (false)

void RollsTest::initTestCase()
{
    if (!WrkLoad::isInstalled())
        QSKIP("install the Debian package wrk");
    if (qEnvironmentVariableIsSet("QUOIN_ROLLS"))
        m_rolls = qEnvironmentVariableIntValue("QUOIN_ROLLS");
    if (qEnvironmentVariableIsSet("QUOIN_SLOW_CLIENTS"))
        m_slowClients = qEnvironmentVariableIntValue("QUOIN_SLOW_CLIENTS");
}

void RollsTest::init()
{
    m_ground = std::make_unique<PluginGround>();
    m_ground->drop(u"good"_s);
    m_ground->dropChanging(u"1.0.0"_s);
    QVERIFY2(m_ground->server().start(), m_ground->server().report());
}

/// Every kind of client at once, until expectNoFault().
void RollsTest::load(const QByteArray &target)
{
    const quint16 port = m_ground->server().port();
    m_slow = std::make_unique<SlowClients>(port, target, m_slowClients);
    m_kept = std::make_unique<WrkLoad>(port, target, 32);
    m_short = std::make_unique<WrkLoad>(port, target, 8, WrkLoad::Short);
    QTRY_VERIFY2_WITH_TIMEOUT(m_slow->answers() >= m_slowClients, m_ground->server().report(), 60'000);
}

void RollsTest::expectNoFault()
{
    for (WrkLoad *wrk : {m_kept.get(), m_short.get()}) {
        wrk->finish();
        QVERIFY2(wrk->requests() > 0, wrk->report());
        QVERIFY2(wrk->faults().isEmpty(), wrk->faults() + m_ground->server().report());
    }
    m_slow->finish();
    QCOMPARE(m_slow->wrongAnswers(), QStringList());
    QCOMPARE(m_slow->cutOff(), QStringList());
    qInfo() << m_kept->requests() << "requests on connections that were kept," << m_short->requests()
            << "on short ones," << m_slow->answers() << "of slow clients";
}

void RollsTest::aFileDroppedInIsLiveAndNoRequestFails()
{
    m_ground->remove(u"changing"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").status, 404, 30'000);
    load("/good/1");
    m_ground->dropChanging(u"1.0.0"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").body, "1.0.0", 60'000);
    VERIFY_NO_FAULT();
}

void RollsTest::anUpgradeIsLiveAndNoRequestFails_data()
{
    QTest::addColumn<bool>("inPlace");
    QTest::newRow("renamed into its place") << false;
    QTest::newRow("copied over the file") << true;
}

void RollsTest::anUpgradeIsLiveAndNoRequestFails()
{
    QFETCH(const bool, inPlace);
    load("/changing");
    if (inPlace)
        m_ground->copyOver(u"changing"_s, PluginGround::built({}, u"2.0.0"_s));
    else
        m_ground->dropChanging(u"2.0.0"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").body, "2.0.0", 60'000);
    VERIFY_NO_FAULT();
    // Who was connected before is served by the new one too, on the same connection.
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->server().children().size(), 1, 30'000);
    const QMap<QByteArray, int> expected{{"2.0.0", m_slowClients}};
    QCOMPARE(m_slow->askEach(), expected);
}

void RollsTest::aRemovalIsSeenAndNoRequestFails()
{
    load("/good/1");
    m_ground->remove(u"changing"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").status, 404, 60'000);
    VERIFY_NO_FAULT();
}

void RollsTest::manyRollsFailNoRequest_data()
{
    QTest::addColumn<int>("workers");
    QTest::newRow("one worker") << 1;
    QTest::newRow("two workers") << 2;
}

void RollsTest::manyRollsFailNoRequest()
{
    QFETCH(const int, workers);
    if (workers != 1) {
        m_ground->server().terminate();
        QVERIFY2(m_ground->server().waitForExit() == 0, m_ground->server().report());
        m_ground->server().set(u"http.workers"_s, QString::number(workers));
        QVERIFY2(m_ground->server().start(), m_ground->server().report());
    }
    load("/changing");
    for (int roll = 1; roll <= m_rolls; ++roll) {
        const QString version = roll % 2 == 0 ? u"1.0.0"_s : u"2.0.0"_s;
        m_ground->dropChanging(version);
        QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").body, version.toLatin1(), 60'000);
    }
    VERIFY_NO_FAULT();
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->server().children().size(), workers, 30'000);
    const QMap<QByteArray, int> expected{{m_rolls % 2 == 0 ? "1.0.0" : "2.0.0", m_slowClients}};
    QCOMPARE(m_slow->askEach(), expected);
    QVERIFY2(m_ground->lines({"worker died"}) == 0, m_ground->server().report());
}

void RollsTest::tenFilesAtOnceMakeFewGenerations()
{
    // Good ones, and such that are refused: all of them want to be looked at.
    const QStringList ids{u"crasher"_s,           u"blocker"_s,        u"talkative"_s,           u"dependent"_s,
                          u"requiresnewer"_s,     u"requiresabsent"_s, u"throwingconstructor"_s, u"throwingdescribe"_s,
                          u"droppingmigration"_s, u"rival"_s};
    for (const QString &id : ids)
        m_ground->drop(id);
    for (const QByteArray target : {"/crasher", "/blocker", "/said"})
        QTRY_COMPARE_WITH_TIMEOUT(m_ground->get(target).status, 200, 60'000);
    const qsizetype generations = m_ground->lines({"generation serves"});
    QVERIFY2(generations <= 4,
             "ten files made " + QByteArray::number(generations - 1) + " generations" + m_ground->server().report());
}

void RollsTest::halfAFileIsRefusedAndTheOldVersionGoesOn()
{
    const QByteArray whole = PluginGround::built({}, u"2.0.0"_s);
    load("/changing");
    m_ground->drop(u"changing"_s, whole.first(whole.size() / 2));
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground->lines({"refused", "changing.so", "lint", "reason"}) == 1,
                              m_ground->server().report(), 30'000);
    QCOMPARE(m_ground->get("/changing").body, "1.0.0");
    m_ground->drop(u"changing"_s, whole);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").body, "2.0.0", 60'000);
    VERIFY_NO_FAULT();
}

void RollsTest::cleanup()
{
    m_slow.reset();
    m_kept.reset();
    m_short.reset();
    if (m_ground && !QTest::currentTestFailed()) {
        m_ground->server().terminate();
        QVERIFY2(m_ground->server().waitForExit() == 0, m_ground->server().report());
    }
    m_ground.reset();
}

QTEST_GUILESS_MAIN(RollsTest)
#include "tst_rolls.moc"
