// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/brief.h"
#include "supervisor/hostmemory.h"
#include "supervisor/workerprocess.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTemporaryFile>
#include <QTest>

#include <csignal>
#include <fcntl.h>

using namespace Qt::StringLiterals;
using namespace quoin::supervisor;
using quoin::FileDescriptor;

namespace {

/// Runs a shell line as a worker and collects how it ended. What it has to tell, it writes to files.
class Shell
{
public:
    explicit Shell(const QString &line)
        : m_memory(std::move(*HostMemory::create()))
        , ended(&process, &WorkerProcess::ended)
    {
        const auto started = process.start(
            {u"/bin/sh"_s, {u"-c"_s, line, folder.path()}, m_memory.descriptor(), {{u"greeting"_s, u"hello"_s}}});
        if (!started)
            qFatal("%s", qPrintable(started.error().message()));
    }
    QByteArray file(const QString &name) const
    {
        QFile file(folder.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray("none");
    }
    ProcessEnd end() { return ended.isEmpty() ? ProcessEnd() : ended[0][0].value<ProcessEnd>(); }

    QTemporaryDir folder; ///< $0 of the line.

private:
    HostMemory m_memory;

public:
    WorkerProcess process;
    QSignalSpy ended;
};

} // namespace

class TestWorkerProcess : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itFindsThreeDescriptorsAndNoOthers()
    {
        QTemporaryFile careless; // as a library would leave it that does not say close-on-exec
        QVERIFY(careless.open());
        const FileDescriptor stray(::dup(careless.handle()));
        const FileDescriptor high(::fcntl(careless.handle(), F_DUPFD, 100));
        Shell shell(
            u"cd /proc/$$/fd; for f in *; do readlink $f; done > $0/open; cat <&5 > $0/brief; readlink /proc/$$/fd/2 > $0/error"_s);
        QTRY_COMPARE(shell.ended.size(), 1);
        const QByteArray open = shell.file(u"open"_s);
        QVERIFY2(open.count("socket:") == 1, open);
        QVERIFY2(open.count("/memfd:") == 2, open);
        QVERIFY2(!open.contains(careless.fileName().toUtf8()), open);
        char error[256];
        const ssize_t size = ::readlink("/proc/self/fd/2", error, sizeof error);
        QCOMPARE(shell.file(u"error"_s), QByteArray(error, size)); // ours, not a pipe to us
        QCOMPARE(shell.file(u"brief"_s), "{\"greeting\":\"hello\"}");
    }

    void itGetsNoVariablesOfTheLoader()
    {
        qputenv("LD_BIND_NOW", "1");
        qputenv("QUOIN_TEST_KEPT", "1");
        Shell shell(u"env > $0/environment"_s);
        qunsetenv("LD_BIND_NOW");
        QTRY_COMPARE(shell.ended.size(), 1);
        const QByteArray environment = '\n' + shell.file(u"environment"_s);
        QVERIFY2(!environment.contains("\nLD_"), environment);
        QVERIFY(environment.contains("\nQUOIN_TEST_KEPT=1"));
    }

    void itGainsNoPrivilegesBlocksNoSignalsAndLeadsItsGroup()
    {
        sigset_t some;
        sigset_t before;
        sigemptyset(&some);
        sigaddset(&some, SIGHUP);
        ::pthread_sigmask(SIG_BLOCK, &some, &before);
        Shell shell(u"cat /proc/self/status > $0/status; cut -d' ' -f5 /proc/$$/stat > $0/group; echo $$ > $0/pid"_s);
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
        QTRY_COMPARE(shell.ended.size(), 1);
        const QByteArray status = shell.file(u"status"_s).simplified();
        QVERIFY2(status.contains("NoNewPrivs: 1"), status);
        QVERIFY2(status.contains("SigBlk: 0000000000000000"), status);
        QCOMPARE(shell.file(u"group"_s), shell.file(u"pid"_s));
        QCOMPARE(shell.file(u"pid"_s).toLongLong(), shell.process.pid());
    }

    void itsEndIsToldAsItWas_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("how");
        QTest::addColumn<QString>("text");
        QTest::newRow("clean") << u"exit 0"_s << int(ProcessEnd::Left) << u"exit code 0"_s;
        QTest::newRow("code") << u"exit 3"_s << int(ProcessEnd::Left) << u"exit code 3"_s;
        QTest::newRow("signal") << u"kill -KILL $$"_s << int(ProcessEnd::Killed) << u"SIGKILL"_s;
    }
    void itsEndIsToldAsItWas()
    {
        QFETCH(QString, line);
        QFETCH(int, how);
        QFETCH(QString, text);
        Shell shell(line);
        QTRY_COMPARE(shell.ended.size(), 1);
        QCOMPARE(int(shell.end().how), how);
        QCOMPARE(shell.end().text(), text);
        QCOMPARE(shell.end().isClean(), text == u"exit code 0"_s);
    }

    void killingItEndsItsChildrenToo()
    {
        Shell shell(u"sleep 1000 & echo $! > $0/part; mv $0/part $0/child; wait"_s);
        QTRY_VERIFY(shell.file(u"child"_s) != "none");
        const auto child = static_cast<pid_t>(shell.file(u"child"_s).toLongLong());
        QCOMPARE(::kill(child, 0), 0);
        shell.process.kill();
        QTRY_COMPARE(shell.ended.size(), 1);
        // Somebody else's child now; whoever that is may be slow to ask for its end.
        QTRY_VERIFY(::kill(child, 0) != 0 || QFile::symLinkTarget(u"/proc/%1/exe"_s.arg(child)).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestWorkerProcess)
#include "tst_workerprocess.moc"
