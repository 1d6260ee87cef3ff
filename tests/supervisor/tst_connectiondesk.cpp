// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/connectiondesk.h"

#include <QTest>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

using namespace Qt::StringLiterals;
using namespace quoin::supervisor;
using quoin::FileDescriptor;

namespace {

/// Workers that exist only as slots and as lists of what they were given.
struct Ground
{
    Ground(int mostWaiting = 4)
        : desk(
            memory, [this](int slot, const QByteArray &note, int descriptor) { return give(slot, note, descriptor); },
            mostWaiting)
    {
    }

    bool give(int slot, const QByteArray &note, int descriptor)
    {
        FileDescriptor owned(descriptor);
        if (gone.contains(slot))
            return false;
        given[slot].append(nameOf(owned.get()));
        notes[slot].append(note);
        return true;
    }
    /// Connections are told apart by their inode.
    static ino_t nameOf(int descriptor)
    {
        struct stat status
        {
        };
        ::fstat(descriptor, &status);
        return status.st_ino;
    }
    ino_t offer(const QByteArray &note = {})
    {
        FileDescriptor connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const ino_t name = nameOf(connection.get());
        desk.offer(std::move(connection), note);
        return name;
    }
    QList<ino_t> offer(int count)
    {
        QList<ino_t> names;
        for (int i = 0; i < count; ++i)
            names.append(offer());
        return names;
    }
    void take(int slot, quint64 count) { memory.slot(slot).taken += count; }

    HostMemory memory = std::move(*HostMemory::create());
    ConnectionDesk desk;
    QHash<int, QList<ino_t>> given;
    QHash<int, QByteArrayList> notes;
    QSet<int> gone;
};

} // namespace

class TestConnectionDesk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalsTakeTurns()
    {
        Ground ground;
        for (const int slot : {2, 5, 9})
            ground.desk.open(slot);
        const auto names = ground.offer(6);
        QCOMPARE(ground.given[2], (QList<ino_t>{names[0], names[3]}));
        QCOMPARE(ground.given[5], (QList<ino_t>{names[1], names[4]}));
        QCOMPARE(ground.given[9], (QList<ino_t>{names[2], names[5]}));
    }

    void theLeastLoadedIsChosen()
    {
        Ground ground;
        ground.desk.open(0);
        ground.desk.open(1);
        ground.memory.slot(0).connections = 3;
        ground.offer(3); // on the way counts too
        QCOMPARE(ground.given[0].size(), 0);
        QCOMPARE(ground.given[1].size(), 3);
        ground.memory.slot(0).connections = 2;
        ground.offer();
        QCOMPARE(ground.given[0].size(), 1);
    }

    void whoIsHeldUpIsLeftOut_data()
    {
        QTest::addColumn<bool>("inOneTurn");
        QTest::newRow("in one turn of its loop") << true;
        QTest::newRow("in one handler") << false;
    }
    void whoIsHeldUpIsLeftOut()
    {
        QFETCH(bool, inOneTurn);
        Ground ground;
        ground.desk.open(0);
        ground.desk.open(1);
        WorkerSlot &slot = ground.memory.slot(0);
        const qint64 before = monotonicMilliseconds() - 1000;
        if (inOneTurn) {
            slot.beat = before;
        } else {
            slot.threadsSeen = 1;
            slot.crumbs[0].thread = 1;
            slot.crumbs[0].kind = static_cast<qint32>(CrumbKind::Loop);
            slot.crumbs[0].since = before;
            slot.crumbs[0].module = 1;
        }
        ground.memory.slot(1).connections = 1000;
        ground.offer(3);
        QCOMPARE(ground.given[0].size(), 0);
        QCOMPARE(ground.given[1].size(), 3);
        ground.desk.shut(1); // better than nobody
        ground.offer();
        QCOMPARE(ground.given[0].size(), 1);
    }

    void whoDoesNotTakeIsLeftOut()
    {
        Ground ground;
        ground.desk.open(0);
        ground.desk.open(1);
        ground.offer(2);
        ground.take(1, 1);
        QTest::qWait(30); // longer than anybody who is not held up needs
        ground.memory.slot(1).connections = 1000;
        ground.offer(5);
        QCOMPARE(ground.given[0].size(), 1);
        QCOMPARE(ground.given[1].size(), 6);
    }

    void withNobodyReadyTheyWaitInOrder()
    {
        Ground ground;
        const auto names = ground.offer(3);
        QCOMPARE(ground.desk.waiting(), 3);
        ground.desk.open(0);
        QCOMPARE(ground.given[0], names);
        QCOMPARE(ground.desk.waiting(), 0);
        ground.desk.shut(0);
        ground.offer();
        QCOMPARE(ground.desk.waiting(), 1);
    }

    void moreThanMayWaitAreClosedAndCounted()
    {
        Ground ground(2);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"connection turned away"_s));
        ground.offer(5);
        QCOMPARE(ground.desk.waiting(), 2);
        QCOMPARE(ground.desk.turnedAway(), 3U);
    }

    void whatWasNeverTakenGoesToOthersFirst()
    {
        Ground ground;
        ground.desk.open(0);
        const auto names = ground.offer(3);
        ground.take(0, 1);
        ground.desk.shut(0);
        const auto later = ground.offer();
        ground.desk.left(0);
        QCOMPARE(ground.desk.waiting(), 3);
        ground.desk.open(1);
        QCOMPARE(ground.given[1], (QList<ino_t>{names[1], names[2], later}));
    }

    void aNoteStaysWithItsConnection()
    {
        Ground ground;
        ground.offer("waits");
        ground.desk.open(0);
        ground.offer("given");
        QCOMPARE(ground.notes[0], (QByteArrayList{"waits", "given"}));
        ground.desk.left(0); // having taken neither
        ground.gone.insert(1);
        ground.desk.open(1);
        ground.desk.open(2);
        QCOMPARE(ground.notes[2], (QByteArrayList{"waits", "given"}));
    }

    void aCountBeyondWhatWasGivenHarmsNobody()
    {
        Ground ground;
        ground.desk.open(0);
        ground.desk.open(1);
        ground.memory.slot(0).taken = ~quint64(0); // a worker is not trusted
        ground.offer(4);
        QCOMPARE(ground.given[0].size() + ground.given[1].size(), 4);
        ground.desk.left(0);
        QCOMPARE(ground.desk.waiting(), 0);
    }

    void whoIsGoneIsNotTriedAgain()
    {
        Ground ground;
        ground.desk.open(0);
        ground.desk.open(1);
        ground.gone.insert(0);
        const auto names = ground.offer(4);
        QCOMPARE(ground.given[1], names);
        ground.gone.insert(1);
        ground.offer();
        QCOMPARE(ground.desk.waiting(), 1); // and not lost
    }

    void duplicatesAreClosedSoonAfterTheyWereTaken()
    {
        Ground ground;
        ground.desk.open(0);
        ground.offer(3);
        QCOMPARE(ground.desk.untaken(), 3);
        ground.take(0, 2);
        QTRY_COMPARE(ground.desk.untaken(), 1);
        ground.take(0, 1);
        QTRY_COMPARE(ground.desk.untaken(), 0);
    }

    void afterTheEndEverythingIsClosed()
    {
        Ground ground;
        ground.offer(2);
        ground.desk.close();
        QCOMPARE(ground.desk.waiting(), 0);
        ground.desk.open(0);
        ground.offer();
        QCOMPARE(ground.given.size(), 0);
    }
};

QTEST_GUILESS_MAIN(TestConnectionDesk)
#include "tst_connectiondesk.moc"
