// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/backoff.h"
#include "supervisor/brief.h"
#include "supervisor/roll.h"

#include <QJsonArray>
#include <QTest>

#include <fcntl.h>
#include <sys/mman.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace quoin::supervisor;
using quoin::FileDescriptor;

/// The parts that know no processes.
class TestSupervisorValues : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pausesGrowUpToALimit()
    {
        Backoff backoff;
        qint64 now = 1000;
        for (const auto expected : {0ms, 100ms, 400ms, 1600ms, 6400ms, 25600ms, 30000ms, 30000ms}) {
            const auto pause = backoff.next(now);
            QCOMPARE(pause, expected);
            now += pause.count() + 59'999; // not a calm minute after the restart
        }
    }

    void aCalmMinuteIsANewBeginning()
    {
        Backoff backoff;
        QCOMPARE(backoff.next(0), 0ms);
        QCOMPARE(backoff.next(1), 100ms); // restarted at 101
        QCOMPARE(backoff.next(101 + 60'000), 0ms);
        QCOMPARE(backoff.next(101 + 60'000 + 1), 100ms);
    }

    void theCanaryComesFirstAndAllMustBeReady()
    {
        Roll roll(7, {}, Posts{.web = 3});
        QCOMPARE(roll.ready(0, {{u"a"_s, 1}}), Roll::Step::StartOthers);
        QCOMPARE(roll.ready(2, {}), Roll::Step::Wait);
        QCOMPARE(roll.ready(1, {}), Roll::Step::Switch);
        QCOMPARE(roll.report(), (QJsonObject{{u"a"_s, 1}}));
    }

    void withOnePostTheCanaryIsAll()
    {
        Roll roll(1, {}, Posts{.web = 1});
        QCOMPARE(roll.ready(0, {}), Roll::Step::Switch);
    }

    void whatIsTheirOwnFaultIsNotRepeated()
    {
        Roll roll(1, {}, Posts{.web = 2});
        QCOMPARE(roll.lost(0, false), Roll::Step::Refuse);
    }

    void whatCameFromOutsideIsRepeatedThreeTimes()
    {
        Roll roll(1, {}, Posts{.web = 2});
        QCOMPARE(roll.ready(0, {}), Roll::Step::StartOthers);
        QCOMPARE(roll.lost(0, true), Roll::Step::StartAgain);
        QCOMPARE(roll.ready(0, {}), Roll::Step::Wait); // the others are on their way already
        QCOMPARE(roll.lost(1, true), Roll::Step::StartAgain);
        QCOMPARE(roll.lost(1, true), Roll::Step::StartAgain);
        QCOMPARE(roll.lost(1, true), Roll::Step::Refuse);
    }

    void aBriefIsReadAsItWasWrittenAsOftenAsOneLikes()
    {
        QJsonObject brief{{u"text"_s, QString(100'000, u'x')}, {u"list"_s, QJsonArray{1, 2}}};
        const auto sealed = sealBrief(brief);
        QVERIFY(sealed);
        QCOMPARE(*readBrief(sealed->get()), brief);
        QCOMPARE(*readBrief(sealed->get()), brief);
    }

    void nobodyCanChangeABrief()
    {
        const auto sealed = sealBrief({{u"a"_s, 1}});
        QVERIFY(sealed);
        QCOMPARE(::pwrite(sealed->get(), "x", 1, 0), -1);
        QCOMPARE(::ftruncate(sealed->get(), 0), -1);
        QVERIFY(::mmap(nullptr, 8, PROT_READ | PROT_WRITE, MAP_SHARED, sealed->get(), 0) == MAP_FAILED);
    }

    void whatIsNoBriefIsAnError_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::newRow("empty") << QByteArray("/dev/null");
        QTest::newRow("not JSON") << QByteArray("/proc/self/comm");
        QTest::newRow("not open") << QByteArray("/nonexistent");
        QTest::newRow("not readable as a file") << QByteArray("/");
    }
    void whatIsNoBriefIsAnError()
    {
        QFETCH(QByteArray, path);
        const FileDescriptor file(::open(path.constData(), O_RDONLY | O_CLOEXEC));
        const auto brief = readBrief(file.get());
        QVERIFY(!brief);
        QCOMPARE(brief.error().kind(), quoin::ErrorKind::Invalid);
    }
};

QTEST_GUILESS_MAIN(TestSupervisorValues)
#include "tst_supervisorvalues.moc"
