// SPDX-License-Identifier: GPL-3.0-only
#include "signals.h"

#include <QSignalSpy>
#include <QTest>

#include <unistd.h>

#include <csignal>
#include <thread>

using namespace Qt::StringLiterals;
using namespace quoin::server;

/// The signals of this process, which is the test: the one Signals is made before Qt Test starts its watchdog thread.
class SignalsTest : public QObject
{
    Q_OBJECT

public:
    explicit SignalsTest(Signals &source)
        : m_source(source)
    {
    }

private Q_SLOTS:
    void theFirstOneStopsAndTheNextHurries();
    void aSignalToAnyThreadIsSeen();
    void aWriteToAClosedPipeIsNoEnd();

private:
    Signals &m_source;
};

void SignalsTest::theFirstOneStopsAndTheNextHurries()
{
    QSignalSpy stop(&m_source, &Signals::stopRequested);
    QSignalSpy hurry(&m_source, &Signals::hurryRequested);
    ::kill(::getpid(), SIGTERM);
    QTRY_COMPARE(stop.size(), 1);
    QCOMPARE(stop[0][0].toString(), u"SIGTERM"_s);
    QCOMPARE(hurry.size(), 0);

    ::kill(::getpid(), SIGINT);
    QTRY_COMPARE(hurry.size(), 1);
    QCOMPARE(hurry[0][0].toString(), u"SIGINT"_s);
    QCOMPARE(stop.size(), 1);
}

void SignalsTest::aSignalToAnyThreadIsSeen()
{
    QSignalSpy hurry(&m_source, &Signals::hurryRequested);
    std::jthread([] { ::kill(::getpid(), SIGTERM); }).join();
    QTRY_COMPARE(hurry.size(), 1);
}

void SignalsTest::aWriteToAClosedPipeIsNoEnd()
{
    int ends[2];
    QCOMPARE(::pipe(ends), 0);
    ::close(ends[0]);
    QCOMPARE(::write(ends[1], "x", 1), -1);
    QCOMPARE(errno, EPIPE);
    ::close(ends[1]);
}

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    Signals source;
    SignalsTest test(source);
    return QTest::qExec(&test, argc, argv);
}
#include "tst_signals.moc"
