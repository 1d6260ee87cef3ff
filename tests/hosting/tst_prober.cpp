// SPDX-License-Identifier: GPL-3.0-only
#include "dropfolder.h"

#include "plugins/gate.h"
#include "plugins/pluginstore.h"
#include "plugins/probe.h"
#include "plugins/prober.h"
#include "plugins/probereport.h"

#include <QDir>
#include <QElapsedTimer>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include <csignal>
#include <optional>

using namespace Qt::StringLiterals;
using namespace quoin::plugins;

namespace {

/// The gates before the probe, which all of these plugins pass.
AdmittedFile admitted(const DropFolder &folder, const QString &id)
{
    folder.add(id);
    Refusal refusal;
    const auto file = admit(*SafeFolder::open(folder.path()), id + u".so"_s, *PluginStore::open(folder.store()), {},
                            &refusal);
    if (!file)
        qFatal("%s", qPrintable(refusal.toLine()));
    return *file;
}

ProbeResult probed(const AdmittedFile &file, ProberOptions options = {})
{
    Prober prober(options);
    std::optional<ProbeResult> result;
    prober.probe(file, [&result](const ProbeResult &probed) { result = probed; });
    if (!QTest::qWaitFor([&result] { return result.has_value(); }, 20000))
        qFatal("the probe does not answer");
    return *result;
}

ProbeEnd endOf(const QByteArray &output)
{
    ProbeEnd end;
    end.output = output;
    return end;
}

/// What runs as somebody's child, by the kernel's list.
int childCount()
{
    int count = 0;
    for (const QString &id : QDir(u"/proc/self/task"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        QFile file(u"/proc/self/task/%1/children"_s.arg(id));
        if (file.open(QIODevice::ReadOnly))
            count += int(file.readAll().simplified().split(' ').count({}) == 1 ? 0 : 1);
    }
    return count;
}

} // namespace

/// Plugins are tried here by this program itself, in the way `quoin plugin-probe` does: see main() below.
class TestProber final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aGoodPluginDescribesItself();
    void whatEndsTheProcessIsNamed_data();
    void whatEndsTheProcessIsNamed();
    void aPluginThatHangsIsEndedAtTheLimit_data();
    void aPluginThatHangsIsEndedAtTheLimit();
    void aPluginIsTriedWithoutSecrets();
    void aPluginCannotForgeTheReport();
    void manyAreTriedButFewAtATime();
    void aMissingProgramSaysNothingOfThePlugin();
    void nobodyIsAnsweredOrLeftBehindAfterTheEnd();
    void theEndOfAProcessIsReadRightly_data();
    void theEndOfAProcessIsReadRightly();
};

void TestProber::aGoodPluginDescribesItself()
{
    const DropFolder folder;
    const auto result = probed(admitted(folder, u"good"_s));
    QVERIFY2(result, qPrintable(result.refusal.toLine()));
    QCOMPARE(result.facts->routes.size(), 1);
    QCOMPARE(result.facts->routes[0].method, QByteArray("GET"));
    QCOMPARE(result.facts->routes[0].pattern, u"/good/{id}"_s);
    QCOMPARE(result.facts->routes[0].captureTypes, QByteArrayList{"integer"});
}

void TestProber::whatEndsTheProcessIsNamed_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QStringList>("phases");
    QTest::addColumn<QStringList>("words");
    // glibc 2.36 lets the exception through; a later one ends the process, and the C++ runtime says why.
    QTest::newRow("throws in an initialiser") << u"throwinginitialiser"_s << QStringList{u"load"_s, u"probe"_s}
                                              << QStringList{u"initialiser"_s, u"no table of units"_s};
    QTest::newRow("crashes in an initialiser")
        << u"crashinginitialiser"_s << QStringList{u"probe"_s}
        << QStringList{u"it crashed with SIGSEGV while it was loaded (a static initialiser"_s};
    QTest::newRow("exits in its constructor")
        << u"exitingconstructor"_s << QStringList{u"probe"_s}
        << QStringList{u"it ended the process with exit code 0 in its constructor"_s, u"licence not found"_s};
    QTest::newRow("aborts in describe()")
        << u"abortingdescribe"_s << QStringList{u"probe"_s}
        << QStringList{u"it crashed with SIGABRT in describe()"_s, u"units.cpp:7: the table is empty"_s};
    QTest::newRow("throws in its constructor") << u"throwingconstructor"_s << QStringList{u"load"_s}
                                               << QStringList{u"its constructor threw: exception: no more threads"_s};
    QTest::newRow("throws in describe()") << u"throwingdescribe"_s << QStringList{u"describe"_s}
                                          << QStringList{u"describe() threw: exception: cannot say"_s};
    QTest::newRow("lacks a symbol") << u"missingsymbol"_s << QStringList{u"load"_s}
                                    << QStringList{u"undefined symbol"_s};
    QTest::newRow("describes it wrongly") << u"misdescribed"_s << QStringList{u"describe"_s} << QStringList{};
}

void TestProber::whatEndsTheProcessIsNamed()
{
    QFETCH(QString, id);
    QFETCH(QStringList, phases);
    QFETCH(QStringList, words);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    if (id == u"crashinginitialiser"_s)
        QSKIP("the sanitizer takes the signal and exits instead");
#endif
    const DropFolder folder;
    const AdmittedFile file = admitted(folder, id);
    const auto result = probed(file);
    QVERIFY(!result);
    QVERIFY(!result.tryAgain);
    QVERIFY2(phases.contains(phaseName(result.refusal.phase)), qPrintable(result.refusal.toLine()));
    for (const QString &word : words)
        QVERIFY2(result.refusal.reason.contains(word), qPrintable(result.refusal.toLine()));
    QVERIFY(!result.refusal.remedy.isEmpty());
    QCOMPARE(result.refusal.id, id);
    QCOMPARE(result.refusal.version, u"1.0.0"_s);
    QCOMPARE(result.refusal.file, file.path);
}

void TestProber::aPluginThatHangsIsEndedAtTheLimit_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("reason");
    QTest::newRow("waits in its constructor") << u"hangingconstructor"_s << u"it hung for 2 s in its constructor"_s;
    QTest::newRow("is busy in describe()") << u"hangingdescribe"_s << u"it hung for 2 s in describe()"_s;
}

void TestProber::aPluginThatHangsIsEndedAtTheLimit()
{
    QFETCH(QString, id);
    QFETCH(QString, reason);
    const DropFolder folder;
    const auto result = probed(admitted(folder, id));
    QVERIFY(!result);
    QCOMPARE(result.refusal.phase, Phase::Probe);
    QCOMPARE(result.refusal.reason, reason);
    QVERIFY(!result.tryAgain);
}

void TestProber::aPluginIsTriedWithoutSecrets()
{
    qputenv("QUOIN_DATABASE_URL", "postgresql://me:secret@host/records");
    qputenv("LD_PRELOAD_OF_NOBODY", "x");
    const DropFolder folder;
    const auto result = probed(admitted(folder, u"curious"_s));
    qunsetenv("QUOIN_DATABASE_URL");
    QVERIFY2(result, qPrintable(result.refusal.toLine()));
    const QString found = result.facts->routes.value(0).summary;
    const auto canUnshare = [](const QStringList &what) {
        return QProcess::execute(u"unshare"_s, what + QStringList{u"true"_s}) == 0;
    };
    const bool hasNamespaces = canUnshare({u"--user"_s, u"--net"_s});
    const bool isRoot = ::geteuid() == 0; // in a chroot there are no user namespaces, but root needs none
    const QString network = hasNamespaces || (isRoot && canUnshare({u"--net"_s})) ? u"no"_s : u"yes"_s;
    const QString home = hasNamespaces || !isRoot ? u"no"_s : u"yes"_s;
    QCOMPARE(found,
             u"environment HOME,LANG,PATH; network %1; home %2; core 0; privileges none new; descriptors "_s.arg(
                 network, home));
}

void TestProber::aPluginCannotForgeTheReport()
{
    const DropFolder folder;
    const auto result = probed(admitted(folder, u"talkative"_s));
    QVERIFY2(result, qPrintable(result.refusal.toLine()));
    QCOMPARE(result.facts->routes.size(), 1);
    QCOMPARE(result.facts->routes[0].pattern, u"/said"_s);
}

void TestProber::manyAreTriedButFewAtATime()
{
    const DropFolder folder;
    const AdmittedFile good = admitted(folder, u"good"_s);
    const AdmittedFile bad = admitted(folder, u"exitingconstructor"_s);
    ProberOptions options;
    options.atOnce = 3;
    Prober prober(options);
    int goods = 0;
    int bads = 0;
    for (int i = 0; i < 20; ++i) {
        prober.probe(i % 2 ? good : bad, [&](const ProbeResult &result) { ++(result ? goods : bads); });
        QCOMPARE(goods + bads, 0); // never from within the call
    }
    QTRY_COMPARE_WITH_TIMEOUT(goods + bads, 20, 30000);
    QCOMPARE(goods, 10);
    QCOMPARE(bads, 10);
}

void TestProber::aMissingProgramSaysNothingOfThePlugin()
{
    const DropFolder folder;
    ProberOptions options;
    options.program = u"/nonexistent/quoin"_s;
    const auto missing = probed(admitted(folder, u"good"_s), options);
    QVERIFY(!missing);
    QVERIFY(missing.tryAgain);
    QVERIFY2(missing.refusal.reason.startsWith(u"the process that tries it did not work: "_s),
             qPrintable(missing.refusal.reason));

    options.program = u"/bin/false"_s;
    const auto failing = probed(admitted(folder, u"good"_s), options);
    QVERIFY(failing.tryAgain);
    QVERIFY2(failing.refusal.reason.contains(u"exit code 1"_s), qPrintable(failing.refusal.reason));
}

void TestProber::nobodyIsAnsweredOrLeftBehindAfterTheEnd()
{
    const DropFolder folder;
    bool isAnswered = false;
    {
        Prober prober;
        for (int i = 0; i < 5; ++i)
            prober.probe(admitted(folder, u"hangingconstructor"_s), [&](const ProbeResult &) { isAnswered = true; });
        QTRY_VERIFY(childCount() > 0);
    }
    QCOMPARE(childCount(), 0);
    QTest::qWait(0);
    QVERIFY(!isAnswered);
}

void TestProber::theEndOfAProcessIsReadRightly_data()
{
    QTest::addColumn<ProbeEnd>("end");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<bool>("tryAgain");
    const auto row = [](const char *name, const ProbeEnd &end, const QString &reason, bool tryAgain) {
        QTest::newRow(name) << end << reason << tryAgain;
    };
    ProbeEnd killed = endOf("load\n");
    killed.signal = SIGKILL;
    row("killed from outside", killed, u"it crashed with SIGKILL while it was loaded"_s, true);
    ProbeEnd late = endOf("");
    late.timedOut = std::chrono::seconds(2);
    late.signal = SIGKILL;
    row("never began", late, u"the process that tries it did not work: it did not begin within 2 s"_s, true);
    ProbeEnd busy = endOf("load\nconstruct\n");
    busy.signal = SIGXCPU;
    row("too busy", busy, u"it crashed with SIGXCPU in its constructor"_s, false);
    ProbeEnd endless = endOf("");
    endless.isTooMuch = true;
    endless.signal = SIGKILL;
    row("writes without end", endless, u"it describes itself, or prints, without end"_s, false);
    row("cut off", endOf("load\nconstruct\ndescribe\ndone\n{\"routes\": ["),
        u"it ended the process with exit code 0 after describe()"_s, false);
    row("not JSON", endOf("done\n{nonsense\n"), u"no description of a plugin"_s, false);
    row("empty object", endOf("done\n{}\n"), u"no description of a plugin"_s, false);
    row("unknown member", endOf("done\n{\"routes\":[],\"doors\":[]}\n"),
        u"no description of a plugin: \"doors\" is not known"_s, false);
    row("wrong type", endOf("done\n{\"routes\":[7]}\n"),
        u"no description of a plugin: \"routes\" must hold objects only"_s, false);
    row("wrong member",
        endOf("done\n{\"routes\":[],\"tasks\":[{\"name\":\"a\",\"attempts\":0,\"firstDelay\":0,\"timeLimit\":1}]}\n"),
        u"no description of a plugin: tasks[0]: \"attempts\" must be a number from 1"_s, false);
    ProbeEnd stuttering = endOf("load\n");
    stuttering.signal = SIGABRT;
    stuttering.lastWords = "first\nthe last \"line\"\n\n";
    row("last words", stuttering, u"; its last words: \"the last \"line\"\""_s, false);
}

void TestProber::theEndOfAProcessIsReadRightly()
{
    QFETCH(ProbeEnd, end);
    QFETCH(QString, reason);
    QFETCH(bool, tryAgain);
    const auto result = judge(AdmittedFile(), end);
    QVERIFY(!result);
    QCOMPARE(result.refusal.phase, Phase::Probe);
    QVERIFY2(result.refusal.reason.contains(reason), qPrintable(result.refusal.reason));
    QCOMPARE(result.tryAgain, tryAgain);
}

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 3 && arguments[1] == u"plugin-probe"_s)
        probeMain(arguments[2]);
    TestProber test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_prober.moc"
