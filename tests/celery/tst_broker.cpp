// SPDX-License-Identifier: GPL-3.0-only
// What nodes do to Redis, step by step, against a real one.
#include "support/redisserver.h"

#include "queue/celery/broker.h"
#include "queue/celery/queuekey.h"
#include "queue/celery/resultstore.h"

#include <QEventLoop>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <memory>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using quoin::test::RedisServer;

namespace {

/// The smallest message that every Celery runs (its queue in the routing key).
QByteArray message(const QByteArray &tag, const QByteArray &queue = "q", int priority = 0)
{
    return "{\"body\": \"W1tdLHt9LHt9XQ==\", \"content-encoding\": \"utf-8\", \"content-type\": \"application/json\", "
           "\"headers\": {\"task\": \"t\", \"id\": \"id-"
        + tag
        + "\", \"empty\": [], \"large\": 12345678901234567890123}, \"properties\": {\"body_encoding\": \"base64\", "
        + "\"delivery_tag\": \"" + tag + "\", \"priority\": " + QByteArray::number(priority)
        + ", \"delivery_info\": {\"exchange\": \"\", \"routing_key\": \"" + queue + "\"}}}";
}

ChordPart chordPart(qint64 index, const QByteArray &text)
{
    ChordPart part;
    part.group = u"g"_s;
    part.index = index;
    part.part = text;
    return part;
}

QJsonObject object(const QByteArray &text) { return QJsonDocument::fromJson(text).object(); }

} // namespace

class tst_Broker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void aClaimTakesByPriorityAndTheQueuesInTurn();
    void aClaimTakesNoMoreThanItsBytes();
    void whatIsClaimedIsWrittenAsKombuReadsIt();
    void twoMessagesWithOneTagAreBothHeld();
    void whatIsNoMessageIsKeptWithTheReason_data();
    void whatIsNoMessageIsKeptWithTheReason();
    void aRenewedMessageIsStillOurs();
    void onlyTheHolderCanFinish();
    void aMessageClaimedAgainIsNotFinishedByItsFormerClaim();
    void anEndIsOneStep();
    void aSuccessIsNotOverwritten();
    void whatRedisDoesNotTakeIsKept();
    void delayedMessagesBecomeReadyInTheirOrder();
    void theMessagesOfADeadNodeArePutBack();
    void aLiveNodeKeepsItsMessages();
    void aClaimWhoseAnswerWasLostIsFound();
    void whatOthersHeldForTooLongIsPutBack_data();
    void whatOthersHeldForTooLongIsPutBack();
    void onlyOneSweeps();
    void theLastNodeLeavesNothingDelayed();
    void aNodeThatLeavesAmongOthersLeavesDelayedWhatIsDelayed();
    void aChordIsCompleteOnce();
    void revocationsAreRememberedForThreeHours();

private:
    template <class T, class Call>
    T wait(Call call)
    {
        std::optional<Result<T>> answer;
        QEventLoop loop; // without QTest's pauses between looks
        call([&](const Result<T> &result) {
            answer = result;
            loop.quit();
        });
        loop.exec();
        if (!*answer) {
            qWarning("refused: %s", qPrintable(answer->error().message()));
            return T();
        }
        return **answer;
    }
    Claim claim(Broker &broker, const QByteArrayList &queues = {"q"}, int wanted = 100, qint64 bytes = 1 << 20)
    {
        return wait<Claim>([&](auto answer) { broker.claim(queues, wanted, bytes, answer); });
    }
    QList<bool> finish(Broker &broker, const QList<Finish> &ends)
    {
        return wait<QList<bool>>([&](auto answer) { broker.finish(ends, 100s, answer); });
    }
    QList<bool> renew(Broker &broker, const QList<ClaimedMessage> &messages, std::chrono::milliseconds alive = 10s)
    {
        QList<QPair<QByteArray, QByteArray>> held;
        for (const ClaimedMessage &one : messages)
            held += {one.tag, one.token};
        return wait<QList<bool>>([&](auto answer) { broker.renew(held, alive, answer); });
    }
    Promotion promote(Broker &broker)
    {
        return wait<Promotion>([&](auto answer) { broker.promote(answer); });
    }
    QList<Stray> findDead(Broker &broker)
    {
        return wait<QList<Stray>>([&](auto answer) { broker.findDead(answer); });
    }
    int restore(Broker &broker, const QList<Stray> &strays)
    {
        return wait<int>([&](auto answer) { broker.restore(strays, answer); });
    }
    void push(const QByteArray &key, const QByteArray &text) { redis({"LPUSH", key, text}); }
    redis::Reply redis(const QByteArrayList &command)
    {
        return wait<redis::Reply>([&](auto answer) { m_connection->send(command, answer); });
    }
    QByteArray text(const QByteArrayList &command) { return redis(command).text; }
    qint64 number(const QByteArrayList &command) { return redis(command).integer; }
    QByteArrayList list(const QByteArray &key)
    {
        QByteArrayList all;
        for (const redis::Reply &one : redis({"LRANGE", key, "0", "-1"}).list)
            all.prepend(one.text); // the next to be popped first
        return all;
    }
    static QByteArrayList tags(const Claim &claim)
    {
        QByteArrayList all;
        for (const ClaimedMessage &one : claim.messages)
            all += one.tag;
        return all;
    }

    RedisServer m_server;
    std::unique_ptr<redis::Connection> m_connection;
    std::unique_ptr<Broker> m_broker, m_other;
};

void tst_Broker::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
    QVERIFY2(m_server.start(), m_server.log().constData());
    m_connection = std::make_unique<redis::Connection>(*redis::Url::parse(m_server.url()));
    m_connection->open();
    QTRY_VERIFY(m_connection->isOpen());
    m_broker = std::make_unique<Broker>(*m_connection, "node:1");
    m_other = std::make_unique<Broker>(*m_connection, "node:2");
}

void tst_Broker::init() { redis({"FLUSHALL"}); }

void tst_Broker::aClaimTakesByPriorityAndTheQueuesInTurn()
{
    for (const char *tag : {"a1", "a2", "a3"})
        push("a", message(tag, "a"));
    for (const char *tag : {"b1", "b2"})
        push("b", message(tag, "b"));
    push(queueKey("b", 9), message("b9", "b", 9));
    push(queueKey("a", 3), message("a3x", "a", 3));
    const Claim first = claim(*m_broker, {"a", "b"}, 4);
    QCOMPARE(tags(first), (QByteArrayList{"a1", "b1", "a2", "b2"}));
    QCOMPARE(first.messages[1].queue, "b");
    const Claim second = claim(*m_broker, {"a", "b"});
    QCOMPARE(tags(second), (QByteArrayList{"a3", "a3x", "b9"}));
    QCOMPARE(second.messages[2].key, queueKey("b", 9));
    QCOMPARE(second.messages[2].queue, "b");
    QVERIFY(claim(*m_broker, {"a", "b"}).messages.isEmpty());
}

void tst_Broker::aClaimTakesNoMoreThanItsBytes()
{
    for (const char *tag : {"1", "2", "3", "4"})
        push("q", message(tag));
    QCOMPARE(tags(claim(*m_broker, {"q"}, 100, 2 * message("1").size())), (QByteArrayList{"1", "2"}));
    QCOMPARE(tags(claim(*m_broker, {"q"}, 100, 1)), QByteArrayList{"3"}); // never none: it would wait for ever
}

void tst_Broker::whatIsClaimedIsWrittenAsKombuReadsIt()
{
    const QByteArray raw = message("t1");
    push("q", raw);
    const Claim claimed = claim(*m_broker);
    QCOMPARE(claimed.messages.value(0).raw, raw);
    QCOMPARE(text({"HGET", "unacked", "t1"}), "[" + raw + ", \"\", \"q\"]"); // not one byte of it made anew
    const double score = text({"ZSCORE", "unacked_index", "t1"}).toDouble();
    QVERIFY(std::abs(score - static_cast<double>(claimed.now) / 1e6) < 1e-3);
    QCOMPARE(number({"LLEN", "q"}), 0);
    QVERIFY(redis({"SMEMBERS", "quoin:nodes"}).list.value(0).text == "node:1");
}

void tst_Broker::twoMessagesWithOneTagAreBothHeld()
{
    push("q", message("same"));
    push("r", message("same", "r"));
    const Claim claimed = claim(*m_broker, {"q", "r"});
    QCOMPARE(claimed.messages.size(), 2);
    QVERIFY(claimed.messages[0].tag != claimed.messages[1].tag);
    QCOMPARE(number({"HLEN", "unacked"}), 2);
    QCOMPARE(finish(*m_broker, {{claimed.messages[0].tag, claimed.messages[0].token}}), QList<bool>{true});
    QVERIFY(text({"HGET", "unacked", claimed.messages[1].tag}).endsWith(", \"\", \"r\"]"));
}

void tst_Broker::whatIsNoMessageIsKeptWithTheReason_data()
{
    QTest::addColumn<QByteArray>("raw");
    QTest::addColumn<QString>("reason");
    const QString noTag = u"It has no \"properties.delivery_tag\"."_s;
    const QString noInfo = u"It has no object \"properties.delivery_info\"."_s;
    const QString noProperties = u"It has no object \"properties\"."_s;
    QTest::newRow("not JSON") << QByteArray("hello") << u"It is no JSON."_s;
    QTest::newRow("empty") << QByteArray("") << u"It is no JSON."_s;
    QTest::newRow("cut") << message("t").chopped(1) << u"It is no JSON."_s;
    QTest::newRow("bytes") << QByteArray("\x80\x00\xff\xc3\xa9\"\\\n", 8) << u"It is no JSON."_s;
    QTest::newRow("not an object") << QByteArray("5") << u"It is no JSON object."_s;
    QTest::newRow("array") << QByteArray("[1]") << noProperties;
    QTest::newRow("no properties") << QByteArray("{\"body\": \"\"}") << noProperties;
    QTest::newRow("properties null") << QByteArray("{\"properties\": null}") << noProperties;
    QTest::newRow("no tag") << QByteArray("{\"properties\": {\"delivery_info\": {}}}") << noTag;
    QTest::newRow("tag null") << QByteArray("{\"properties\": {\"delivery_tag\": null, \"delivery_info\": {}}}")
                              << noTag;
    QTest::newRow("no delivery_info") << QByteArray("{\"properties\": {\"delivery_tag\": \"t\"}}") << noInfo;
    QTest::newRow("UTF-8") << QByteArray("{\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\": 1}") << noProperties;
}

void tst_Broker::whatIsNoMessageIsKeptWithTheReason()
{
    QFETCH(QByteArray, raw);
    QFETCH(QString, reason);
    push("q", raw);
    push("q", message("good"));
    const Claim claimed = claim(*m_broker);
    QCOMPARE(tags(claimed), QByteArrayList{"good"}); // what comes behind it is served
    QCOMPARE(claimed.dead, (QList<QPair<QByteArray, QByteArray>>{{"q", reason.toUtf8()}}));
    QCOMPARE(number({"HLEN", "unacked"}), 1);
    QCOMPARE(number({"LLEN", "quoin:dead"}), 1);
    const QJsonObject letter = object(list("quoin:dead").value(0));
    QCOMPARE(letter.value(u"reason"_s).toString(), reason);
    QCOMPARE(letter.value(u"queue"_s).toString(), u"q"_s);
    QVERIFY(letter.value(u"time"_s).toDouble() > 1.7e9);
    const QString kept = letter.value(u"message"_s).toString();
    QCOMPARE(letter.value(u"encoding"_s) == u"latin-1"_s ? kept.toLatin1() : kept.toUtf8(), raw);
}

void tst_Broker::aRenewedMessageIsStillOurs()
{
    push("q", message("t"));
    const Claim claimed = claim(*m_broker);
    const QByteArray before = text({"ZSCORE", "unacked_index", "t"});
    QCOMPARE(renew(*m_broker, claimed.messages), QList<bool>{true});
    QVERIFY(text({"ZSCORE", "unacked_index", "t"}).toDouble() > before.toDouble());
    QVERIFY(number({"PTTL", "quoin:alive:node:1"}) > 9000);
    QCOMPARE(finish(*m_broker, {{"t", claimed.messages[0].token}}), QList<bool>{true});
    QCOMPARE(renew(*m_broker, claimed.messages), QList<bool>{false});
}

void tst_Broker::onlyTheHolderCanFinish()
{
    push("q", message("t"));
    const Claim claimed = claim(*m_broker);
    redis({"ZADD", "unacked_index", "123.5", "t"}); // another worker has it now
    const Finish end{"t",
                     claimed.messages[0].token,
                     StoredResult{"celery-task-meta-t", "{\"status\": \"FAILURE\"}"},
                     {Push{Push::Where::Back, "q", "again"}}};
    QCOMPARE(finish(*m_broker, {end}), QList<bool>{false});
    QCOMPARE(number({"HLEN", "unacked"}), 1);
    QCOMPARE(number({"LLEN", "q"}), 0);
    QCOMPARE(text({"GET", "celery-task-meta-t"}), "{\"status\": \"FAILURE\"}");
    QCOMPARE(renew(*m_broker, claimed.messages), QList<bool>{false});
    QCOMPARE(text({"ZSCORE", "unacked_index", "t"}), "123.5");
}

void tst_Broker::aMessageClaimedAgainIsNotFinishedByItsFormerClaim()
{
    push("q", message("t"));
    const Claim first = claim(*m_broker);
    redis({"HDEL", "unacked", "t"});
    redis({"ZREM", "unacked_index", "t"});
    push("q", message("t")); // somebody swept it
    const Claim second = claim(*m_broker);
    QCOMPARE(finish(*m_broker, {{"t", first.messages[0].token}}), QList<bool>{false});
    QCOMPARE(renew(*m_broker, first.messages), QList<bool>{false});
    QCOMPARE(renew(*m_broker, second.messages), QList<bool>{true});
    QCOMPARE(finish(*m_broker, {{"t", second.messages[0].token}}), QList<bool>{true});
}

void tst_Broker::anEndIsOneStep()
{
    push("q", message("t"));
    const Claim claimed = claim(*m_broker);
    Finish end{"t", claimed.messages[0].token, StoredResult{"celery-task-meta-t", "{\"status\": \"SUCCESS\"}"}};
    end.pushes = {{Push::Where::Back, "next", "last"},
                  {Push::Where::Front, "next", "first"},
                  {Push::Where::Delayed, "q", "later", 2'000'000'000'500'000},
                  {Push::Where::Dead, {}, "{\"reason\": \"none\"}"},
                  {Push::Where::Result, "celery-task-meta-u", "{\"status\": \"FAILURE\"}"},
                  {Push::Where::Size, "celery-taskset-meta-g.s", "3"}};
    QCOMPARE(finish(*m_broker, {end}), QList<bool>{true});
    QCOMPARE(list("next"), (QByteArrayList{"first", "last"}));
    QCOMPARE(text({"ZSCORE", "quoin:delayed:q", "later"}), "2000000000.5");
    QCOMPARE(list("quoin:dead"), QByteArrayList{"{\"reason\": \"none\"}"});
    QCOMPARE(text({"GET", "celery-task-meta-u"}), "{\"status\": \"FAILURE\"}");
    QCOMPARE(text({"GET", "celery-taskset-meta-g.s"}), "3");
    for (const char *key : {"celery-task-meta-t", "celery-task-meta-u", "celery-taskset-meta-g.s"})
        QVERIFY(number({"TTL", key}) > 90);
    for (const char *key : {"unacked", "unacked_index", "quoin:owned:node:1"})
        QCOMPARE(number({"EXISTS", key}), 0);
}

void tst_Broker::aSuccessIsNotOverwritten()
{
    redis({"SET", "celery-task-meta-t", "{\"status\": \"SUCCESS\", \"result\": 5}"});
    redis({"SET", "celery-task-meta-u", "no JSON"});
    redis({"SADD", "celery-task-meta-v", "no string"});
    QList<Finish> ends;
    for (const char *id : {"t", "u", "v"})
        ends += Finish{"gone", "1", StoredResult{QByteArray("celery-task-meta-") + id, "{\"status\": \"REVOKED\"}"}};
    QCOMPARE(finish(*m_broker, ends), (QList<bool>{false, false, false}));
    QCOMPARE(text({"GET", "celery-task-meta-t"}), "{\"status\": \"SUCCESS\", \"result\": 5}");
    QCOMPARE(text({"GET", "celery-task-meta-u"}), "{\"status\": \"REVOKED\"}");
    QCOMPARE(text({"GET", "celery-task-meta-v"}), "{\"status\": \"REVOKED\"}");
}

/// What cannot be pushed, because the key is something else, must neither stop the rest nor be lost.
void tst_Broker::whatRedisDoesNotTakeIsKept()
{
    redis({"SET", "wrong", "a string"});
    push("q", message("t"));
    const Claim claimed = claim(*m_broker);
    QCOMPARE(finish(*m_broker, {{"t", claimed.messages[0].token, {}, {{Push::Where::Back, "wrong", "follower"}}}}),
             QList<bool>{true});
    const QJsonObject letter = object(list("quoin:dead").value(0));
    QCOMPARE(letter.value(u"message"_s), u"follower"_s);
    QVERIFY(letter.value(u"reason"_s).toString().contains(u"WRONGTYPE"_s));
}

void tst_Broker::delayedMessagesBecomeReadyInTheirOrder()
{
    QCOMPARE(promote(*m_broker).nextDue, 0);
    push("q", message("t"));
    const Claim claimed = claim(*m_broker);
    Finish end{"t", claimed.messages[0].token};
    const qint64 now = claimed.now;
    end.pushes = {{Push::Where::Delayed, "q", message("second"), now - 1'000'000},
                  {Push::Where::Delayed, "q", message("first"), now - 2'000'000},
                  {Push::Where::Delayed, "q", message("low", "q", 7), now - 3'000'000},
                  {Push::Where::Delayed, "q", message("far"), now + 3'600'000'000},
                  {Push::Where::Delayed, "r", message("nearer", "r"), now + 1'800'000'000}};
    finish(*m_broker, {end});
    push("q", message("waiting"));
    const auto waiting = wait<QList<Broker::Delayed>>([&](auto answer) { m_broker->delayed(2, answer); });
    QCOMPARE(waiting.size(), 2);
    QCOMPARE(waiting[0].raw, message("low", "q", 7));
    const Promotion done = promote(*m_broker);
    QCOMPARE(done.moved, 3);
    QCOMPARE(done.nextDue, now + 1'800'000'000);
    QCOMPARE(list("q"), (QByteArrayList{message("first"), message("second"), message("waiting")}));
    QCOMPARE(list(queueKey("q", 6)), QByteArrayList{message("low", "q", 7)});
    QCOMPARE(number({"ZCARD", "quoin:delayed:q"}), 1);
}

void tst_Broker::theMessagesOfADeadNodeArePutBack()
{
    for (const char *tag : {"1", "2"})
        push("q", message(tag));
    push(queueKey("q", 9), message("3", "q", 9));
    const Claim claimed = claim(*m_broker);
    renew(*m_broker, claimed.messages, 1ms);     // its last sign of life
    redis({"ZADD", "unacked_index", "77", "2"}); // a Python worker has this one
    QTRY_COMPARE(number({"EXISTS", "quoin:alive:node:1"}), 0);
    const QList<Stray> strays = findDead(*m_other);
    QCOMPARE(strays.size(), 2);
    QCOMPARE(restore(*m_other, strays), 2);
    QCOMPARE(restore(*m_other, strays), 0); // two who find it put it back once
    const auto front = object(list("q").value(0));
    QCOMPARE(list("q").size(), 1);
    QCOMPARE(front.value(u"headers"_s).toObject().value(u"redelivered"_s), true);
    QCOMPARE(front.value(u"properties"_s)[u"delivery_info"_s][u"redelivered"_s], true);
    QCOMPARE(number({"LLEN", queueKey("q", 9)}), 1);
    QCOMPARE(number({"HLEN", "unacked"}), 1);
    QVERIFY(findDead(*m_other).isEmpty());
    QCOMPARE(number({"SISMEMBER", "quoin:nodes", "node:1"}), 0);
    QCOMPARE(finish(*m_broker, {{claimed.messages[0].tag, claimed.messages[0].token}}), QList<bool>{false});
}

void tst_Broker::aLiveNodeKeepsItsMessages()
{
    push("q", message("t"));
    const Claim claimed = claim(*m_broker);
    renew(*m_broker, claimed.messages);
    QVERIFY(findDead(*m_other).isEmpty());
    redis({"DEL", "quoin:alive:node:1"});
    QVERIFY(findDead(*m_broker).isEmpty()); // nobody is dead to himself
    QCOMPARE(findDead(*m_other).size(), 1);
}

void tst_Broker::aClaimWhoseAnswerWasLostIsFound()
{
    for (const char *tag : {"known", "lost"})
        push("q", message(tag));
    const Claim claimed = claim(*m_broker);
    const auto found = wait<QList<Stray>>([&](auto answer) { m_broker->findLost({"known"}, answer); });
    QCOMPARE(found.size(), 1);
    QCOMPARE(found[0].tag, "lost");
    QCOMPARE(restore(*m_broker, found), 1);
    QCOMPARE(tags(claim(*m_broker)), QByteArrayList{"lost"});
    QCOMPARE(renew(*m_broker, {claimed.messages[0]}), QList<bool>{true});
}

void tst_Broker::whatOthersHeldForTooLongIsPutBack_data()
{
    QTest::addColumn<QByteArray>("exchange");
    QTest::addColumn<QByteArray>("routingKey");
    QTest::addColumn<QByteArray>("queue");
    QTest::newRow("anonymous exchange") << QByteArray() << QByteArray("q") << QByteArray("q");
    QTest::newRow("direct exchange") << QByteArray("ex") << QByteArray("rk") << QByteArray("d");
    QTest::newRow("topic exchange") << QByteArray("top") << QByteArray("a.b.c") << QByteArray("t");
    QTest::newRow("exchange without bindings") << QByteArray("none") << QByteArray("rk") << QByteArray("rk");
}

void tst_Broker::whatOthersHeldForTooLongIsPutBack()
{
    QFETCH(QByteArray, exchange);
    QFETCH(QByteArray, routingKey);
    QFETCH(QByteArray, queue);
    redis({"SADD", "_kombu.binding.ex",
           "rk\x06\x16\x06\x16"
           "d"});
    redis({"SADD", "_kombu.binding.ex",
           "other\x06\x16\x06\x16"
           "e"});
    redis({"SADD", "_kombu.binding.top", "a.*.#\x06\x16^a\\..*?[^\\.]\\..*?$\x06\x16t"});
    const QByteArray entry = "[" + message("t", "q", 3) + ", \"" + exchange + "\", \"" + routingKey + "\"]";
    redis({"HSET", "unacked", "t", entry});
    redis({"ZADD", "unacked_index", "1000.5", "t"});
    redis({"ZADD", "unacked_index", "1000.5", "without entry"});
    redis({"ZADD", "unacked_index", QByteArray::number(QDateTime::currentSecsSinceEpoch()), "fresh"});
    const auto found = wait<QList<Stray>>([&](auto answer) { m_broker->findOverdue(3600s, answer); });
    QCOMPARE(found.size(), 1);
    QCOMPARE(restore(*m_broker, found), 1);
    QCOMPARE(number({"LLEN", queueKey(queue, 3)}), 1);
    QCOMPARE(number({"HLEN", "unacked"}), 0);
    QCOMPARE(number({"ZCARD", "unacked_index"}), 1);
}

void tst_Broker::onlyOneSweeps()
{
    redis({"HSET", "unacked", "t", "[" + message("t") + ", \"\", \"q\"]"});
    redis({"ZADD", "unacked_index", "1", "t"});
    const auto sweep = [this](Broker &broker) {
        return wait<QList<Stray>>([&](auto answer) { broker.findOverdue(3600s, answer); }).size();
    };
    QCOMPARE(sweep(*m_broker), 1);
    QCOMPARE(sweep(*m_other), 0);
    m_other->endSweep(); // not its own
    QCOMPARE(sweep(*m_other), 0);
    m_broker->endSweep();
    QCOMPARE(sweep(*m_other), 1);
}

void tst_Broker::theLastNodeLeavesNothingDelayed()
{
    renew(*m_broker, {});
    for (int i = 0; i < 1200; ++i)
        redis({"ZADD", "quoin:delayed:q", QByteArray::number(2'000'000'000 + i), message(QByteArray::number(i))});
    redis({"SADD", "quoin:delayed", "q"});
    QVERIFY(wait<bool>([&](auto answer) { m_broker->leave(answer); }));
    QCOMPARE(number({"LLEN", "q"}), 1200);
    QCOMPARE(list("q").first(), message("0"));
    QCOMPARE(number({"EXISTS", "quoin:delayed:q", "quoin:delayed", "quoin:alive:node:1", "quoin:nodes"}), 0);
}

void tst_Broker::aNodeThatLeavesAmongOthersLeavesDelayedWhatIsDelayed()
{
    renew(*m_broker, {});
    renew(*m_other, {});
    redis({"ZADD", "quoin:delayed:q", "2000000000", message("t")});
    redis({"SADD", "quoin:delayed", "q"});
    QVERIFY(wait<bool>([&](auto answer) { m_broker->leave(answer); }));
    QCOMPARE(number({"LLEN", "q"}), 0);
    QCOMPARE(number({"ZCARD", "quoin:delayed:q"}), 1);
}

void tst_Broker::aChordIsCompleteOnce()
{
    ResultStore store(*m_connection, 100s);
    redis({"SET", "celery-taskset-meta-g.s", "2"});
    const auto add = [&](qint64 index, const QByteArray &part) {
        return wait<ResultStore::Chord>([&](auto answer) { store.addChordPart(chordPart(index, part), answer); }).parts;
    };
    QVERIFY(add(1, "[1, \"b\", \"SUCCESS\", 2]").isEmpty());
    QVERIFY(add(1, "[1, \"b\", \"SUCCESS\", 2]").isEmpty()); // again, after a crash
    QCOMPARE(add(0, "[1, \"a\", \"SUCCESS\", 1]"),
             (QByteArrayList{"[1, \"a\", \"SUCCESS\", 1]", "[1, \"b\", \"SUCCESS\", 2]"}));
    QVERIFY(number({"TTL", "celery-taskset-meta-g.j"}) > 90);
    // Two nodes that both saw it complete: the body goes out once, and whole.
    for (const char *tag : {"1", "2"})
        push("q", message(tag));
    const Claim claimed = claim(*m_broker);
    QList<Finish> ends;
    for (const ClaimedMessage &one : claimed.messages)
        ends += Finish{one.tag,
                       one.token,
                       {},
                       {{Push::Where::Back, "q", "body", 0, "celery-taskset-meta-g"},
                        {Push::Where::Back, "q", "errback", 0, "celery-taskset-meta-g"},
                        {Push::Where::Back, "q", "callback"}}};
    QCOMPARE(finish(*m_broker, ends), (QList<bool>{true, true}));
    QCOMPARE(list("q"), (QByteArrayList{"body", "errback", "callback", "callback"}));
    QCOMPARE(number({"EXISTS", "celery-taskset-meta-g.j", "celery-taskset-meta-g.s"}), 0);
}

void tst_Broker::revocationsAreRememberedForThreeHours()
{
    const qint64 now = 1'800'000'000'000'000;
    m_broker->revoke({{u"old"_s, now - qint64(4) * 3'600'000'000}});
    m_broker->revoke({{u"new"_s, now}, {u"é"_s, now - 123'456}});
    const auto ids = wait<QHash<QString, qint64>>([&](auto answer) { m_other->revoked(answer); });
    QCOMPARE(ids, (QHash<QString, qint64>{{u"new"_s, now}, {u"é"_s, now - 123'456}}));
    QVERIFY(number({"TTL", "quoin:revoked"}) > 10'000);
}

QTEST_GUILESS_MAIN(tst_Broker)
#include "tst_broker.moc"
