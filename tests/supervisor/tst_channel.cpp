// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/channel.h"

#include <QSignalSpy>
#include <QTest>

#include <memory>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

using namespace Qt::StringLiterals;
using quoin::FileDescriptor;
using quoin::supervisor::Channel;

namespace {

struct Pair
{
    std::unique_ptr<Channel> left;
    std::unique_ptr<Channel> right;
};

Pair makePair()
{
    const auto ends = Channel::makePair();
    if (!ends)
        qFatal("no socket pair");
    return {std::make_unique<Channel>(ends->first), std::make_unique<Channel>(ends->second)};
}

/// What one side got, in order; closes descriptors at once but notes that they came.
struct Inbox
{
    explicit Inbox(Channel &channel)
    {
        QObject::connect(&channel, &Channel::received, &context,
                         [this](char type, const QByteArray &payload, int descriptor) {
                             types.append(type);
                             payloads.append(payload);
                             if (const FileDescriptor came(descriptor); came.isOpen())
                                 ++descriptors;
                         });
    }
    QObject context;
    QByteArray types;
    QList<QByteArray> payloads;
    int descriptors = 0;
};

int openDescriptors()
{
    int count = 0;
    for (int i = 0; i < 4096; ++i)
        count += ::fcntl(i, F_GETFD) >= 0 ? 1 : 0;
    return count;
}

int someDescriptor() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

} // namespace

class TestChannel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void messagesArriveWholeAndInOrder()
    {
        auto [left, right] = makePair();
        Inbox inbox(*right);
        QVERIFY(left->send('A'));
        QVERIFY(left->send('B', "one"));
        QVERIFY(left->send('C', QByteArray(Channel::largestPayload, 'x')));
        QTRY_COMPARE(inbox.types, "ABC");
        QCOMPARE(inbox.payloads, (QList<QByteArray>{"", "one", QByteArray(Channel::largestPayload, 'x')}));
    }

    void aDescriptorArrivesOpenAndCloseOnExec()
    {
        auto [left, right] = makePair();
        int pipe[2];
        QCOMPARE(::pipe2(pipe, O_CLOEXEC), 0);
        const FileDescriptor reader(pipe[0]);
        QSignalSpy spy(right.get(), &Channel::received);
        QVERIFY(left->send('C', {}, pipe[1]));
        QCOMPARE(::fcntl(pipe[1], F_GETFD), -1); // it belonged to the channel
        QTRY_COMPARE(spy.size(), 1);
        FileDescriptor writer(spy[0][2].toInt());
        QVERIFY((::fcntl(writer.get(), F_GETFD) & FD_CLOEXEC) != 0);
        QCOMPARE(::write(writer.get(), "x", 1), 1);
        char byte = 0;
        QCOMPARE(::read(reader.get(), &byte, 1), 1);
    }

    void aSlowReaderGetsEverythingInOrder()
    {
        auto [left, right] = makePair();
        const int before = openDescriptors();
        Inbox inbox(*right);
        QByteArray expected;
        for (int i = 0; i < 3000; ++i) {
            const char type = static_cast<char>('a' + i % 26);
            expected.append(type);
            QVERIFY(left->send(type, QByteArray::number(i), i % 2 ? someDescriptor() : -1));
        }
        QVERIFY(left->queued() > 0); // or this would not test what it says
        QTRY_COMPARE(inbox.types, expected);
        QCOMPARE(inbox.payloads.last(), "2999");
        QCOMPARE(inbox.descriptors, 1500);
        QCOMPARE(left->queued(), 0);
        QCOMPARE(openDescriptors(), before);
    }

    void aPayloadThatIsTooLargeIsRefusedAndItsDescriptorClosed()
    {
        auto [left, right] = makePair();
        Inbox inbox(*right);
        const int descriptor = someDescriptor();
        QTest::ignoreMessage(QtCriticalMsg, "message too large type=Z bytes=65537");
        QVERIFY(!left->send('Z', QByteArray(Channel::largestPayload + 1, 'x'), descriptor));
        QCOMPARE(::fcntl(descriptor, F_GETFD), -1);
        QVERIFY(left->send('A'));
        QTRY_COMPARE(inbox.types, "A");
    }

    void theEndIsToldOnceAfterEverythingThatWasSent()
    {
        auto [left, right] = makePair();
        Inbox inbox(*right);
        QSignalSpy closed(right.get(), &Channel::closed);
        left->send('A', {}, someDescriptor());
        left->send('B');
        right->send('U'); // unread when the other side ends: its reset must not hide A and B
        left.reset();
        right->receiveAll();
        QCOMPARE(inbox.types, "AB");
        QCOMPARE(inbox.descriptors, 1);
        QCOMPARE(closed.size(), 1);
        QVERIFY(!right->isOpen());
        const int descriptor = someDescriptor();
        QVERIFY(!right->send('C', {}, descriptor));
        QCOMPARE(::fcntl(descriptor, F_GETFD), -1);
    }

    void sendingToAGoneReaderDoesNotHideWhatItSaid()
    {
        auto [left, right] = makePair();
        Inbox inbox(*right);
        left->send('A');
        left.reset();
        QVERIFY(!right->send('C', {}, someDescriptor()));
        QTRY_COMPARE(inbox.types, "A");
        QTRY_VERIFY(!right->isOpen());
    }

    void descriptorsOfUnsentMessagesAreClosedWithTheChannel()
    {
        const int before = openDescriptors();
        {
            auto [left, right] = makePair();
            for (int i = 0; i < 1000; ++i)
                left->send('C', {}, someDescriptor());
            QVERIFY(left->queued() > 0);
        }
        QCOMPARE(openDescriptors(), before);
    }

    void aSlotMayDeleteTheChannel()
    {
        auto [left, right] = makePair();
        left->send('A');
        left->send('B');
        int received = 0;
        connect(right.get(), &Channel::received, this, [&received, &owner = right] {
            ++received;
            owner.reset();
        });
        QTRY_VERIFY(!right);
        QCOMPARE(received, 1);
    }

    void outOfDescriptorsAConnectionWaitsAndIsNotLost()
    {
        auto [left, right] = makePair();
        Inbox inbox(*right);
        QVERIFY(left->send('C', {}, someDescriptor()));
        rlimit usual{};
        ::getrlimit(RLIMIT_NOFILE, &usual);
        const auto restore = qScopeGuard([&usual] { ::setrlimit(RLIMIT_NOFILE, &usual); });
        rlimit none = usual;
        none.rlim_cur = 0; // of new ones; those that are open stay so
        ::setrlimit(RLIMIT_NOFILE, &none);
        right->receiveAll();
        QCOMPARE(inbox.types, "");
        ::setrlimit(RLIMIT_NOFILE, &usual);
        QTRY_COMPARE(inbox.types, "C");
        QCOMPARE(inbox.descriptors, 1);
    }
};

QTEST_GUILESS_MAIN(TestChannel)
#include "tst_channel.moc"
