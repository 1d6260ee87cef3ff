// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/blame.h"
#include "supervisor/hostmemory.h"

#include <QProcess>
#include <QTest>

#include <csignal>
#include <cstring>
#include <random>
#include <unistd.h>

using namespace quoin::supervisor;
using namespace Qt::StringLiterals;

namespace {

const auto guilty = u"org.example.guilty"_s;

/// A crash program, run to its end.
class Crashing
{
public:
    explicit Crashing(const QString &way, bool inCompany = false, const QString &crashAtLoad = {})
        : m_memory(*HostMemory::create())
    {
        auto environment = QProcessEnvironment::systemEnvironment();
        if (inCompany)
            environment.insert(u"QUOIN_TEST_COMPANY"_s, u"1"_s);
        environment.insert(u"QUOIN_TEST_CRASH_AT_LOAD"_s, crashAtLoad);
        m_process.setProcessEnvironment(environment);
        m_process.setStandardErrorFile(QProcess::nullDevice()); // "terminate called ...", "double free ..."
        m_process.setChildProcessModifier([descriptor = m_memory.descriptor()] { ::dup2(descriptor, 3); });
        m_process.start(QStringLiteral(QUOIN_TEST_CRASHPROGRAM), {QStringLiteral(QUOIN_TEST_CRASHMODULES), way});
    }

    QProcess &process() { return m_process; }
    WorkerSlot &slot() { return m_memory.slot(0); }

    Ending end()
    {
        if (m_process.state() != QProcess::NotRunning && !m_process.waitForFinished(20'000))
            qFatal("it did not end");
        const bool bySignal = m_process.exitStatus() == QProcess::CrashExit;
        return {bySignal ? Ending::Signal : Ending::Exit,
                m_process.exitCode()}; // QProcess: the code is the signal then
    }

    Verdict verdict()
    {
        const Ending ending = end();
        return blame(slot(), ending);
    }

private:
    HostMemory m_memory;
    QProcess m_process;
};

QByteArray hashOf(char letter) { return QByteArray(32, letter).toHex(); }

} // namespace

class tst_Blame : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        m_isSanitized = true;
#endif
    }

    void aCrashIsBlamedOnThePluginThatDidIt_data();
    void aCrashIsBlamedOnThePluginThatDidIt();
    void theSignalStaysTheOneItDiedOf();
    void aReportNamesWhatWasGoingOn();
    void theStackIsNamedFrameByFrame();
    void theCallerOfANullPointerIsFound();
    void aPluginThatCrashesWhileItIsLoadedIsBlamed();
    void aStackOverflowIsCalledOne();
    void nobodyIsBlamedForACrashOfTheHost();
    void nobodyIsBlamedForAKillFromOutside();
    void nobodyIsBlamedForASignalOfAnotherProcess();
    void theWatchdogsSignalIsToldFromACrash();
    void anEndWithoutAReportIsBlamedOnTheOnlyPluginAtWork();
    void anEndWithoutAReportAmongSeveralIsBlamedOnNobody();
    void aForkedChildReportsNothing();
    void ofManyCrashesAtOnceOneIsReported();
    void nonsenseInTheSlotIsSurvived();

private:
    bool m_isSanitized = false;
};

#define SKIP_IF_SANITIZED() \
    if (m_isSanitized) \
    QSKIP("the sanitizer takes the signals of a crash for itself")

void tst_Blame::aCrashIsBlamedOnThePluginThatDidIt_data()
{
    QTest::addColumn<int>("signal");
    QTest::addColumn<Verdict::How>("how");
    QTest::newRow("null store") << SIGSEGV << Verdict::Address;
    QTest::newRow("own thread") << SIGSEGV << Verdict::Address;
    QTest::newRow("stack overflow") << SIGSEGV << Verdict::Address;
    QTest::newRow("stack overflow on the pool") << SIGSEGV << Verdict::Address;
    QTest::newRow("one plugin in the crumb of another") << SIGSEGV << Verdict::Address;
    QTest::newRow("inside Qt") << SIGSEGV << Verdict::Stack;
    QTest::newRow("abort") << SIGABRT << Verdict::Stack;
    QTest::newRow("in a thread without a crumb") << SIGABRT << Verdict::Stack;
    QTest::newRow("noexcept") << SIGABRT << Verdict::Stack;
    QTest::newRow("exception in own thread") << SIGABRT << Verdict::Stack;
    QTest::newRow("double free") << SIGABRT << Verdict::Stack;
    QTest::newRow("null call") << SIGSEGV << Verdict::Stack;
    QTest::newRow("wild call") << SIGSEGV << Verdict::Stack;
    QTest::newRow("host under a plugin") << SIGSEGV << Verdict::Stack;
    QTest::newRow("heap corruption found by the host") << SIGABRT << Verdict::Crumb;
}

void tst_Blame::aCrashIsBlamedOnThePluginThatDidIt()
{
    SKIP_IF_SANITIZED();
    QFETCH(int, signal);
    QFETCH(Verdict::How, how);
    Crashing crashing(QString::fromLatin1(QTest::currentDataTag()), true);
    const Ending ending = crashing.end();
    QCOMPARE(ending.kind, Ending::Signal);
    QCOMPARE(ending.number, signal);
    const Verdict verdict = blame(crashing.slot(), ending);
    QCOMPARE(verdict.module, guilty);
    QCOMPARE(verdict.sha256, hashOf('g'));
    QVERIFY2(verdict.how == how, qPrintable(u"%1: %2"_s.arg(verdict.how).arg(verdict.stack.join(u' '))));
    QVERIFY2(verdict.what.startsWith(signal == SIGSEGV ? u"SIGSEGV at "_s : u"SIGABRT"_s), qPrintable(verdict.what));
}

void tst_Blame::theSignalStaysTheOneItDiedOf()
{
    SKIP_IF_SANITIZED();
    for (const auto &[way, signal] : {std::pair(u"null store"_s, SIGSEGV), std::pair(u"abort"_s, SIGABRT)}) {
        Crashing crashing(way);
        const Ending ending = crashing.end();
        QCOMPARE(ending.kind, Ending::Signal);
        QCOMPARE(ending.number, signal);
    }
}

void tst_Blame::aReportNamesWhatWasGoingOn()
{
    SKIP_IF_SANITIZED();
    QCOMPARE(Crashing(u"null store"_s).verdict().what, u"SIGSEGV at 0x0 in a handler on the pool (request 17)"_s);
    QCOMPARE(Crashing(u"heap corruption found by the host"_s).verdict().what, u"SIGABRT in a task (id 5)"_s);
    QCOMPARE(Crashing(u"own thread"_s).verdict().what, u"SIGSEGV at 0x0"_s);
    QCOMPARE(Crashing(u"one plugin in the crumb of another"_s).verdict().what, u"SIGSEGV at 0x0"_s);
}

void tst_Blame::theStackIsNamedFrameByFrame()
{
    SKIP_IF_SANITIZED();
    const Verdict verdict = Crashing(u"inside Qt"_s).verdict();
    QVERIFY2(verdict.stack.value(0).startsWith(u"libQt6Core.so.6+0x"_s), qPrintable(verdict.stack.join(u' ')));
    QVERIFY(verdict.stack.filter(u"org.example.guilty.so+0x"_s).size() >= 1);
    QVERIFY(verdict.stack.filter(u"crashprogram+0x"_s).size() >= 1);
    QVERIFY(verdict.stack.filter(u"libc.so.6+0x"_s).size() >= 1);
}

void tst_Blame::theCallerOfANullPointerIsFound()
{
    SKIP_IF_SANITIZED();
    const Verdict verdict = Crashing(u"null call"_s).verdict();
    QCOMPARE(verdict.stack.value(0), u"0x0"_s);
    QVERIFY2(verdict.stack.value(1).startsWith(u"org.example.guilty.so+0x"_s), qPrintable(verdict.stack.join(u' ')));
    QVERIFY2(verdict.stack.value(2).startsWith(u"org.example.guilty.so+0x"_s)
                 || verdict.stack.value(2).startsWith(u"crashprogram+0x"_s),
             qPrintable(verdict.stack.join(u' ')));
}

void tst_Blame::aPluginThatCrashesWhileItIsLoadedIsBlamed()
{
    SKIP_IF_SANITIZED();
    const Verdict verdict = Crashing(u"null store"_s, false, u"guilty"_s).verdict();
    QCOMPARE(verdict.module, guilty);
    QCOMPARE(verdict.how, Verdict::Crumb);
    QCOMPARE(verdict.what, u"SIGSEGV at 0x0 in its loading, starting or stopping"_s);
}

void tst_Blame::aStackOverflowIsCalledOne()
{
    SKIP_IF_SANITIZED();
    for (const auto &way : {u"stack overflow"_s, u"stack overflow on the pool"_s}) {
        const Verdict verdict = Crashing(way).verdict();
        QVERIFY2(verdict.what.contains(u"(stack overflow)"_s), qPrintable(verdict.what));
        QVERIFY(verdict.stack.size() > 10);
    }
    QVERIFY(!Crashing(u"wild call"_s).verdict().what.contains(u"overflow"_s));
}

void tst_Blame::nobodyIsBlamedForACrashOfTheHost()
{
    SKIP_IF_SANITIZED();
    const Verdict verdict = Crashing(u"host alone"_s, true).verdict();
    QCOMPARE(verdict.module, QString());
    QCOMPARE(verdict.how, Verdict::Unknown);
    QCOMPARE(verdict.what, u"SIGSEGV at 0x0"_s);
    QVERIFY(verdict.stack.value(0).startsWith(u"crashprogram+0x"_s));
}

void tst_Blame::nobodyIsBlamedForAKillFromOutside()
{
    Crashing crashing(u"wait"_s);
    QVERIFY(crashing.process().waitForReadyRead());
    ::kill(pid_t(crashing.process().processId()), SIGKILL);
    const Verdict verdict = crashing.verdict();
    QCOMPARE(verdict.module, QString());
    QCOMPARE(verdict.what, u"SIGKILL without a report"_s);
}

void tst_Blame::nobodyIsBlamedForASignalOfAnotherProcess()
{
    SKIP_IF_SANITIZED();
    const Verdict verdict = Crashing(u"aborted by another"_s).verdict();
    QCOMPARE(verdict.module, QString());
    QVERIFY2(verdict.what.startsWith(u"SIGABRT sent by process "_s), qPrintable(verdict.what));
}

void tst_Blame::theWatchdogsSignalIsToldFromACrash()
{
    SKIP_IF_SANITIZED();
    Crashing crashing(u"wait"_s, true);
    QVERIFY(crashing.process().waitForReadyRead());
    ::kill(pid_t(crashing.process().processId()), SIGABRT); // this process is the supervisor here
    const Verdict verdict = crashing.verdict();
    QCOMPARE(verdict.module, guilty);
    QCOMPARE(verdict.how, Verdict::Watchdog);
    QCOMPARE(verdict.what, u"SIGABRT by the watchdog in a handler on the event loop (request 9)"_s);
    QVERIFY(verdict.stack.filter(u"org.example.guilty.so+0x"_s).size() >= 1);
}

void tst_Blame::anEndWithoutAReportIsBlamedOnTheOnlyPluginAtWork()
{
    SKIP_IF_SANITIZED();
    const Verdict left = Crashing(u"exit"_s).verdict();
    QCOMPARE(left.module, guilty);
    QCOMPARE(left.how, Verdict::Crumb);
    QCOMPARE(left.what, u"exit with code 3 in a handler on the pool (request 17)"_s);

    // A thread of the plugin's own has no stack for its signal handler: the kernel ends the process at once.
    const Verdict overflowed = Crashing(u"stack overflow in own thread"_s).verdict();
    QCOMPARE(overflowed.module, guilty);
    QCOMPARE(overflowed.how, Verdict::Crumb);
    QCOMPARE(overflowed.what, u"SIGSEGV without a report in a handler on the pool (request 17)"_s);
}

void tst_Blame::anEndWithoutAReportAmongSeveralIsBlamedOnNobody()
{
    SKIP_IF_SANITIZED();
    const Verdict verdict = Crashing(u"exit"_s, true).verdict();
    QCOMPARE(verdict.module, QString());
    QCOMPARE(verdict.how, Verdict::Unknown);
}

void tst_Blame::aForkedChildReportsNothing()
{
    SKIP_IF_SANITIZED();
    Crashing crashing(u"fork"_s);
    const Ending ending = crashing.end();
    QCOMPARE(ending.kind, Ending::Exit);
    QCOMPARE(ending.number, 0);
    QCOMPARE(crashing.slot().crash.state.load(), qint32(CrashReport::None));
}

void tst_Blame::ofManyCrashesAtOnceOneIsReported()
{
    SKIP_IF_SANITIZED();
    Crashing crashing(u"eight at once"_s);
    const Verdict verdict = crashing.verdict();
    QCOMPARE(crashing.slot().crash.state.load(), qint32(CrashReport::Complete));
    QCOMPARE(verdict.module, guilty);
    QCOMPARE(verdict.what, u"SIGSEGV at 0x0 in a handler on the pool (request 17)"_s);
}

void tst_Blame::nonsenseInTheSlotIsSurvived()
{
    auto memory = HostMemory::create();
    QVERIFY(memory);
    WorkerSlot &slot = memory->slot(3);
    std::mt19937 random(20); // the seed of every run
    for (int round = 0; round < 200; ++round) {
        auto *bytes = reinterpret_cast<quint32 *>(&slot);
        std::generate_n(bytes, sizeof slot / sizeof *bytes, [&] { return quint32(random()) >> (random() % 32); });
        if (round % 2 == 0)
            slot.crash.state = CrashReport::Complete;
        const Verdict verdict = blame(slot, {Ending::Signal, int(random())});
        QVERIFY(!verdict.what.isEmpty());
        QVERIFY(verdict.stack.size() <= CrashReport::mostFrames);
        for (const QChar character : verdict.module)
            QVERIFY(character.isPrint());
    }
}

QTEST_GUILESS_MAIN(tst_Blame)
#include "tst_blame.moc"
