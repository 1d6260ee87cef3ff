// SPDX-License-Identifier: GPL-3.0-only
// The one place where threads meet. With std::thread and without a Qt event loop, so that a thread sanitizer sees all
// of it.
#include "http/mailbox.h"
#include "http/piece.h"

#include <QTest>

#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

using namespace quoin::http;

namespace {

/// Counts what it is given for each connection, and that it comes in order.
class Counter final : public Recipient
{
public:
    bool isReadyFor(const Token &) const override { return isReady; }
    void deliver(const Token &token, Answer &&answer) override
    {
        inOrder = inOrder && answer.status == count.at(token.connection)++;
    }
    void deliver(const Token &token, Segment &&segment) override
    {
        ++count.at(token.connection);
        failed += segment.kind == Segment::Kind::Failed;
    }
    void adoptNow(Arrival &&arrival) override
    {
        ++adopted;
        ::close(arrival.descriptor);
    }

    bool isReady = true;
    bool inOrder = true;
    int failed = 0;
    int adopted = 0;
    std::array<int, 8> count{};
};

Token tokenOf(quint64 connection) { return {0, 0, connection}; }

Answer answerOf(int number)
{
    Answer answer;
    answer.status = number;
    answer.body = QByteArray(100, 'x');
    return answer;
}

} // namespace

class MailboxTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatManyThreadsPostArrivesOnceAndInOrder();
    void atHomeItArrivesAtOnceUnlessItMustWait();
    void aClosedMailboxDropsAndClosesWhatComes();
};

void MailboxTest::whatManyThreadsPostArrivesOnceAndInOrder()
{
    constexpr int each = 20000;
    Counter counter;
    const auto mailbox = std::make_shared<Mailbox>(counter);
    std::vector<std::thread> threads;
    for (quint64 t = 0; t < 4; ++t) {
        threads.emplace_back([mailbox, t] {
            for (int i = 0; i < each; ++i)
                mailbox->post(tokenOf(t), answerOf(i));
        });
    }
    const auto isDone = [&counter] {
        return std::all_of(counter.count.begin(), counter.count.begin() + 4, [](int n) { return n == each; });
    };
    while (!isDone()) { // sleeps on the descriptor: a lost wake-up is a hang here
        pollfd descriptor{mailbox->wakeDescriptor(), POLLIN, 0};
        QCOMPARE(::poll(&descriptor, 1, 10000), 1);
        mailbox->deliverAll();
    }
    for (std::thread &thread : threads)
        thread.join();
    QVERIFY(counter.inOrder);
    QVERIFY(mailbox->isEmpty());
}

void MailboxTest::atHomeItArrivesAtOnceUnlessItMustWait()
{
    Counter counter;
    const auto mailbox = std::make_shared<Mailbox>(counter);
    mailbox->post(tokenOf(1), answerOf(0));
    QCOMPARE(counter.count[1], 1);
    counter.isReady = false;
    mailbox->post(tokenOf(1), answerOf(1));
    QCOMPARE(counter.count[1], 1);
    mailbox->deliverAll();
    QCOMPARE(counter.count[1], 2);
    counter.isReady = true;
    delete new Piece(mailbox, tokenOf(2)); // dropped unanswered
    QCOMPARE(counter.failed, 1);
}

void MailboxTest::aClosedMailboxDropsAndClosesWhatComes()
{
    Counter counter;
    const auto mailbox = std::make_shared<Mailbox>(counter);
    const int early = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const int late = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    std::thread([&] {
        mailbox->adopt({early, {}});
        mailbox->post(tokenOf(3), answerOf(0));
    }).join();
    mailbox->close();
    std::thread([&] {
        mailbox->adopt({late, {}});
        mailbox->post(tokenOf(3), answerOf(0));
    }).join();
    mailbox->post(tokenOf(3), answerOf(0));
    QCOMPARE(counter.count[3], 0);
    QCOMPARE(counter.adopted, 0);
    QCOMPARE(::fcntl(early, F_GETFD), -1); // closed, not leaked
    QCOMPARE(::fcntl(late, F_GETFD), -1);
}

QTEST_APPLESS_MAIN(MailboxTest)
#include "tst_mailbox.moc"
