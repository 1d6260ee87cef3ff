// SPDX-License-Identifier: GPL-3.0-only
#include "pluginground.h"
#include "slowclients.h"

#include <QFile>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Every bad plugin there is, dropped one after the other into one running server: each is refused by name, at the
/// right gate and in the same words each time, and whoever is served meanwhile does not notice.
class BadPluginsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aBadPluginIsRefusedByNameWhileOthersAreServed_data();
    void aBadPluginIsRefusedByNameWhileOthersAreServed();
    void aCrashInStartIsBlamedOnItsPlugin();
    void aStartThatHangsIsGivenUp();
    void aVersionThatRefusesToStartLeavesTheOneBefore();
    void cleanup();
    void cleanupTestCase();

private:
    std::unique_ptr<PluginGround> m_ground;
    std::unique_ptr<SlowClients> m_clients;
};

void BadPluginsTest::initTestCase()
{
    m_ground = std::make_unique<PluginGround>();
    m_ground->drop(u"good"_s);
    QVERIFY2(m_ground->server().start(), m_ground->server().report());
    m_clients = std::make_unique<SlowClients>(m_ground->server().port(), "/good/1", 8);
}

void BadPluginsTest::aBadPluginIsRefusedByNameWhileOthersAreServed_data()
{
    QTest::addColumn<QByteArrayList>("phases");
    QTest::addColumn<QByteArray>("reason");
    const auto row = [](const char *id, const QByteArray &phase, const QByteArray &reason) {
        QTest::newRow(id) << QByteArrayList{phase} << reason;
    };
    row("strangelibrary", "lint", "needs libstrange.so.1, which is not a library this host allows");
    row("extraexports", "lint", "exports more than a plugin's entry points: ");
    row("uniquesymbols", "lint", "unique symbols, which are shared with every other library: ");
    row("rpath", "lint", "it searches libraries in /opt/elsewhere (RPATH)");
    row("executablestack", "lint", "it asks for an executable stack");
    row("textrelocation", "lint", "its code would have to be made writable (text relocations)");
    row("foreigninterface", "metadata", "org.example.Other/1");
    row("newersdk", "metadata", "built for SDK 1.99");
    row("unknownmember", "metadata", "is not known");
    row("missingsymbol", "load", "undefined symbol: _Z25functionThatNobodyDefinesv");
    row("missinglibrary", "load", "libQt6Gone.so.6: cannot open shared object file");
    row("notours", "load", "its class NotOurs is no quoin::Plugin");
    row("throwingconstructor", "load", "its constructor threw: exception: no more threads");
    row("throwingdescribe", "describe", "describe() threw: exception: cannot say");
    row("misdescribed", "describe", "route GET /ok/{id} has 1 captures, its handler takes 0");
    row("abortingdescribe", "probe", "units.cpp:7: the table is empty");
    row("exitingconstructor", "probe", "it ended the process with exit code 0 in its constructor");
    row("hangingconstructor", "probe", "it hung for 2 s in its constructor");
    row("hangingdescribe", "probe", "it hung for 2 s in describe()");
    // glibc 2.36 lets the exception through; a later one ends the process, and the C++ runtime says why.
    QTest::newRow("throwinginitialiser") << QByteArrayList{"load", "probe"} << QByteArray("no table of units");
    if (!isSanitized()) // it makes an exit code of the signal
        row("crashinginitialiser", "probe", "it crashed with SIGSEGV while it was loaded");
    row("requiresabsent", "resolve", "requires org.example.absent 1.2, which is not there");
    row("requiresnewer", "resolve", "requires good 2.0, but its version is 1.0.0");
    row("rival", "conflict", "route GET /good/{name} is declared by good already");
    row("refusingstart", "start", "there is no table orders");
    row("throwingstart", "start", "start() threw: an exception of an unknown type");
}

void BadPluginsTest::aBadPluginIsRefusedByNameWhileOthersAreServed()
{
    QFETCH(const QByteArrayList, phases);
    QFETCH(const QByteArray, reason);
    const QByteArray id = QTest::currentDataTag();
    const qint64 before = m_clients->answers();
    m_ground->drop(QString::fromLatin1(id));
    const auto refusals = [&] {
        qsizetype count = 0;
        for (const QByteArray &phase : phases)
            count += m_ground->lines({"refused file=", '/' + id + ".so ", " phase=" + phase + ' ', reason, " remedy="});
        return count;
    };
    QTRY_VERIFY2_WITH_TIMEOUT(refusals() > 0, m_ground->server().report(), 30'000);
    QTRY_VERIFY_WITH_TIMEOUT(m_clients->answers() > before + 8, 30'000);
    m_ground->remove(QString::fromLatin1(id));
    QCOMPARE(refusals(), 1); // told once, not with every look
}

void BadPluginsTest::aCrashInStartIsBlamedOnItsPlugin()
{
    if (isSanitized())
        QSKIP("the sanitizer takes the signals of a crash for itself");
    m_ground->drop(u"crashingstart"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(
        m_ground->lines({"refused file=", "/crashingstart.so ", " phase=start ", "SIGSEGV", " remedy="}) == 1,
        m_ground->server().report(), 30'000);
    m_ground->remove(u"crashingstart"_s);
}

void BadPluginsTest::aStartThatHangsIsGivenUp()
{
    m_ground->drop(u"hangingstart"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground->lines({"refused file=", "/hangingstart.so ", " phase=start ", " remedy="}) == 1,
                              m_ground->server().report(), 60'000);
    m_ground->remove(u"hangingstart"_s);
}

void BadPluginsTest::aVersionThatRefusesToStartLeavesTheOneBefore()
{
    m_ground->dropChanging(u"2.0.0"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").body, "2.0.0", 30'000);
    m_ground->dropChanging(u"3.0.0"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground->lines({"refused file=", "/changing.so ", " version=3.0.0 ", " phase=start ",
                                               "version 3.0.0 does not want to start"})
                                  == 1,
                              m_ground->server().report(), 30'000);
    QCOMPARE(m_ground->get("/changing").body, "2.0.0");
    m_ground->dropChanging(u"1.0.0"_s); // and it does not stand in the way of the next
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").body, "1.0.0", 30'000);
}

/// The server that all were dropped into is still the same one.
void BadPluginsTest::cleanup()
{
    QVERIFY2(m_ground->server().isRunning(), m_ground->server().report());
    QCOMPARE(m_ground->get("/good/7").body, "7");
}

void BadPluginsTest::cleanupTestCase()
{
    m_clients->finish();
    QCOMPARE(m_clients->wrongAnswers(), QStringList());
    QCOMPARE(m_clients->cutOff(), QStringList());
    m_ground->server().terminate();
    QVERIFY2(m_ground->server().waitForExit() == 0, m_ground->server().report());
}

QTEST_GUILESS_MAIN(BadPluginsTest)
#include "tst_badplugins.moc"
