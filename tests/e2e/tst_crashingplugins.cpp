// SPDX-License-Identifier: GPL-3.0-only
#include "archive.h"
#include "pluginground.h"
#include "slowclients.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Plugins that crash or hang when they are asked: they are blamed by name, others are served, and who does it again is
/// taken out.
class CrashingPluginsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aCrashIsBlamedOnItsPlugin_data();
    void aCrashIsBlamedOnItsPlugin();
    void threeCrashesQuarantineAndAnotherFileLiftsIt();
    void aCrashRightAfterAnUpgradeBringsThePreviousVersionBack();
    void aBlockedEventLoopIsEndedAndBlamed_data();
    void aBlockedEventLoopIsEndedAndBlamed();
    void aStuckHandlerCostsItsClientAnAnswerAndNobodyElse();
    void aTaskThatCrashesHarmsNobodyElse();
    void cleanup();

private:
    void crash(const QByteArray &way);

    std::unique_ptr<PluginGround> m_ground;
};

void CrashingPluginsTest::init()
{
    const bool isWithoutCrash = qstrcmp(QTest::currentTestFunction(),
                                        "aStuckHandlerCostsItsClientAnAnswerAndNobodyElse")
        == 0;
    if (isSanitized() && !isWithoutCrash)
        QSKIP("the sanitizer takes the signals of a crash for itself");
    m_ground = std::make_unique<PluginGround>();
    m_ground->drop(u"good"_s);
    m_ground->drop(u"crasher"_s);
    m_ground->drop(u"blocker"_s);
    m_ground->server().set(u"queue.workers"_s, u"1"_s); // or a task that crashes takes the answer to its push with it
    m_ground->server().set(u"queue.lease"_s, u"1s"_s);
    m_ground->server().set(u"shutdown.timeout"_s, u"3s"_s); // as long as a handler that hangs is waited for
    QVERIFY2(m_ground->server().start(), m_ground->server().report());
}

/// One crash, told by the supervisor; and the next request is answered by a new worker.
void CrashingPluginsTest::crash(const QByteArray &way)
{
    const qsizetype told = m_ground->lines({"plugin crashed id=crasher "});
    const HttpReply reply = m_ground->get("/crasher/" + way);
    QVERIFY2(!reply.isComplete(), qPrintable(QString::number(reply.status) + u' ' + QString::fromUtf8(reply.body)));
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground->lines({"plugin crashed id=crasher "}) > told, m_ground->server().report(),
                              30'000);
    QCOMPARE(m_ground->get("/good/1").body, "1");
}

void CrashingPluginsTest::aCrashIsBlamedOnItsPlugin_data()
{
    QTest::addColumn<QByteArray>("what");
    QTest::newRow("null-store") << QByteArray("SIGSEGV at 0x0");
    QTest::newRow("own-thread") << QByteArray("SIGSEGV at 0x0");
    QTest::newRow("stack-overflow") << QByteArray("SIGSEGV");
    QTest::newRow("inside-qt") << QByteArray("SIGSEGV");
    QTest::newRow("noexcept") << QByteArray("SIGABRT");
    QTest::newRow("double-free") << QByteArray("SIGABRT");
    QTest::newRow("exit") << QByteArray("exit code 3");
    QTest::newRow("on-the-loop") << QByteArray("SIGSEGV at 0x0");
}

void CrashingPluginsTest::aCrashIsBlamedOnItsPlugin()
{
    QFETCH(const QByteArray, what);
    crash(QTest::currentDataTag());
    if (QTest::currentTestFailed())
        return;
    QVERIFY2(m_ground->lines({"worker died", what, "plugin=crasher"}) == 1, m_ground->server().report());
    QCOMPARE(m_ground->get("/crasher").body, "not yet"); // once is not enough to be taken out
}

void CrashingPluginsTest::threeCrashesQuarantineAndAnotherFileLiftsIt()
{
    SlowClients others(m_ground->server().port(), "/good/1", 8);
    for (int i = 0; i < 3; ++i) {
        crash("null-store");
        if (QTest::currentTestFailed())
            return;
    }
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/crasher").status, 503, 30'000);
    const HttpReply refused = m_ground->get("/crasher/null-store");
    QCOMPARE(refused.status, 503);
    QVERIFY(refused.header("Retry-After").toInt() > 0);
    QCOMPARE(refused.header("Content-Type"), "application/problem+json");
    const QJsonObject problem = QJsonDocument::fromJson(refused.body).object();
    QCOMPARE(problem[u"status"_s].toInt(), 503);
    QVERIFY2(refused.body.contains("crasher"), refused.body);
    QVERIFY2(m_ground->lines({"plugin quarantined id=crasher "}) == 1, m_ground->server().report());
    QCOMPARE(m_ground->get("/good/1").body, "1");
    QCOMPARE(m_ground->get("/blocker").body, "not yet");

    // It is not forgotten.
    others.finish();
    QCOMPARE(others.wrongAnswers(), QStringList());
    QVERIFY(others.answers() > 0);
    m_ground->server().terminate();
    QVERIFY2(m_ground->server().waitForExit() == 0, m_ground->server().report());
    QVERIFY2(m_ground->server().start(), m_ground->server().report());
    QCOMPARE(m_ground->get("/crasher/null-store").status, 503);
    QCOMPARE(m_ground->get("/good/1").body, "1");

    m_ground->drop(u"crasher"_s, PluginGround::built(u"crasher"_s) + '\n'); // another file, as a mended one would be
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/crasher").status, 200, 30'000);
}

void CrashingPluginsTest::aCrashRightAfterAnUpgradeBringsThePreviousVersionBack()
{
    m_ground->dropChanging(u"2.0.0"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").body, "2.0.0", 30'000);
    m_ground->dropChanging(u"4.0.0"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground->lines({"plugin live id=changing version=4.0.0"}) == 1,
                              m_ground->server().report(), 30'000);
    QVERIFY(!m_ground->get("/changing").isComplete());
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").body, "2.0.0", 30'000);
    QVERIFY2(m_ground->lines({"plugin rolled-back id=changing version=4.0.0", "SIGSEGV at 0x0"}) == 1,
             m_ground->server().report());
}

void CrashingPluginsTest::aBlockedEventLoopIsEndedAndBlamed_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::newRow("asleep") << QByteArray("/blocker/loop");
    QTest::newRow("busy") << QByteArray("/blocker/busy-loop");
}

/// With a stack, in which there is the plugin.
void CrashingPluginsTest::aBlockedEventLoopIsEndedAndBlamed()
{
    QFETCH(const QByteArray, target);
    QVERIFY(!m_ground->get(target).isComplete()); // cut off: not left to wait for ever
    QCOMPARE(m_ground->get("/good/1").body, "1");
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground->lines({"worker died", "the event loop has been blocked for ", "plugin=blocker ",
                                               "stack=", "blocker.so+0x"})
                                  == 1,
                              m_ground->server().report(), 30'000);
    QVERIFY2(m_ground->lines({"plugin crashed id=blocker "}) == 1, m_ground->server().report());
}

void CrashingPluginsTest::aStuckHandlerCostsItsClientAnAnswerAndNobodyElse()
{
    SlowClients others(m_ground->server().port(), "/good/1", 8);
    const QList<qint64> before = m_ground->server().children();
    QCOMPARE(m_ground->get("/blocker/pool").status, 504);
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground->lines({"worker stuck", "plugin=blocker "}) == 1, m_ground->server().report(),
                              30'000);
    // Another worker takes its place; who was connected to the stuck one goes over to it.
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground->server().children().size() > 0
                                  && !before.contains(m_ground->server().children().last()),
                              m_ground->server().report(), 30'000);
    others.finish();
    QCOMPARE(others.wrongAnswers(), QStringList());
    QCOMPARE(others.cutOff(), QStringList());
    QCOMPARE(others.askEach().value("1"), 8);
}

void CrashingPluginsTest::aTaskThatCrashesHarmsNobodyElse()
{
    HttpClient client(m_ground->server().port());
    QCOMPARE(client.post("/crasher/task", "").status, 202);
    // It is tried twice, as it asked for, and then waits for a person.
    const QHash<QString, int> dead{{u"dead"_s, 1}};
    QTRY_COMPARE_WITH_TIMEOUT(tasksByState(m_ground->server().databaseUrl()), dead, 60'000);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->lines({"plugin crashed id=crasher ", "SIGSEGV at 0x0"}), 2, 30'000);
    QCOMPARE(m_ground->get("/good/1").body, "1");
    QCOMPARE(m_ground->get("/crasher").body, "not yet");
}

void CrashingPluginsTest::cleanup()
{
    if (m_ground && !QTest::currentTestFailed()) {
        m_ground->server().terminate();
        QVERIFY2(m_ground->server().waitForExit() == 0, m_ground->server().report());
    }
    m_ground.reset();
}

QTEST_GUILESS_MAIN(CrashingPluginsTest)
#include "tst_crashingplugins.moc"
