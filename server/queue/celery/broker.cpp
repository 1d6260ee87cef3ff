// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/broker.h"

#include "queue/celery/queuekey.h"
#include "queue/celery/scripts.h"

#include <algorithm>

namespace quoin::celery {

using redis::Reply;

namespace {

const QByteArray unacked = "unacked";
const QByteArray unackedIndex = "unacked_index";
const QByteArray unackedMutex = "unacked_mutex";
const QByteArray nodes = "quoin:nodes";
const QByteArray dead = "quoin:dead";
const QByteArray delayedQueues = "quoin:delayed";
const QByteArray revocations = "quoin:revoked";
constexpr qint64 rememberedSeconds = 3 * 3600; // as long as Celery's workers remember them

QByteArray itemText(const Reply &reply, qsizetype index) { return reply.list.value(index).text; }

/// "1795448405.518875", as Redis writes scores: a double, whose rounding is far below a microsecond's half.
qint64 microsecondsOf(const QByteArray &seconds) { return qRound64(seconds.toDouble() * 1e6); }

/// The same without a double in between.
QByteArray secondsOf(qint64 microseconds)
{
    return QByteArray::number(microseconds / 1'000'000) + '.'
        + QByteArray::number(microseconds % 1'000'000).rightJustified(6, '0');
}

QByteArray word(Push::Where where)
{
    switch (where) {
    case Push::Where::Back:
        return "LPUSH";
    case Push::Where::Front:
        return "RPUSH";
    case Push::Where::Delayed:
        return "delayed";
    case Push::Where::Dead:
        return "dead";
    case Push::Where::Result:
        return "result";
    case Push::Where::Size:
        return "size";
    }
    Q_UNREACHABLE();
}

/// Answers with what `read` makes of the reply.
template <class T, class Read>
redis::Connection::Answer reading(Broker::Answer<T> answer, Read read)
{
    return [answer = std::move(answer), read = std::move(read)](const Result<Reply> &reply) {
        answer(reply ? Result<T>(read(*reply)) : Result<T>(reply.error()));
    };
}

QList<bool> readFlags(const Reply &reply)
{
    QList<bool> flags;
    for (const Reply &one : reply.list)
        flags += one.integer == 1;
    return flags;
}

Claim readClaim(const Reply &reply, const QByteArrayList &queues, const QByteArrayList &keys)
{
    Claim claim;
    claim.now = itemText(reply, 0).toLongLong();
    for (const Reply &one : reply.list.value(1).list) {
        const auto list = static_cast<qsizetype>(one.list.value(2).integer);
        claim.messages += ClaimedMessage{itemText(one, 0), itemText(one, 1), queues.value(list % queues.size()),
                                         keys.value(list), itemText(one, 3)};
    }
    for (const Reply &one : reply.list.value(2).list)
        claim.dead += {itemText(one, 0), itemText(one, 1)};
    return claim;
}

} // namespace

Broker::Broker(redis::Connection &connection, QByteArray node)
    : m_connection(connection)
    , m_node(std::move(node))
    , m_owned("quoin:owned:" + m_node)
    , m_alive("quoin:alive:" + m_node)
{
}

void Broker::claim(const QByteArrayList &queues, int wanted, qint64 mostBytes, Answer<Claim> answer)
{
    const QByteArrayList lists = queueKeys(queues);
    const QByteArrayList keys = QByteArrayList{unackedIndex, unacked, m_owned, dead, nodes} + lists;
    QByteArrayList arguments{m_node, QByteArray::number(wanted), QByteArray::number(mostBytes),
                             QByteArray::number(queues.size())};
    for (qsizetype i = 0; i < lists.size(); ++i)
        arguments += queues[i % queues.size()];
    m_connection.run(scripts::claim(), keys, arguments,
                     reading<Claim>(std::move(answer),
                                    [queues, lists](const Reply &reply) { return readClaim(reply, queues, lists); }));
}

void Broker::renew(const QList<QPair<QByteArray, QByteArray>> &held, std::chrono::milliseconds aliveFor,
                   Answer<QList<bool>> answer)
{
    QByteArrayList arguments{m_node, QByteArray::number(aliveFor.count())};
    for (const auto &[tag, token] : held)
        arguments << tag << token;
    m_connection.run(scripts::renew(), {unackedIndex, m_owned, m_alive, nodes}, arguments,
                     reading<QList<bool>>(std::move(answer), readFlags));
}

void Broker::finish(const QList<Finish> &ends, std::chrono::seconds resultsExpire, Answer<QList<bool>> answer)
{
    QByteArrayList arguments{QByteArray::number(static_cast<qint64>(resultsExpire.count()))};
    for (const Finish &end : ends) {
        const StoredResult result = end.result.value_or(StoredResult());
        arguments << end.tag << end.token << "" << result.key << result.text << QByteArray::number(end.pushes.size());
        for (const Push &push : end.pushes)
            arguments << word(push.where) << push.key << push.text << secondsOf(push.due) << push.chord;
    }
    m_connection.run(scripts::finish(), {unackedIndex, unacked, m_owned, dead}, arguments,
                     reading<QList<bool>>(std::move(answer), readFlags));
}

void Broker::promote(Answer<Promotion> answer)
{
    const auto read = [](const Reply &reply) {
        return Promotion{itemText(reply, 0).toLongLong(), reply.list.value(1).integer,
                         microsecondsOf(itemText(reply, 2))};
    };
    m_connection.run(scripts::promote(), {delayedQueues, dead}, {}, reading<Promotion>(std::move(answer), read));
}

void Broker::delayed(int most, Answer<QList<Delayed>> answer)
{
    const auto read = [most](const Reply &reply) {
        QList<Delayed> all;
        for (const Reply &one : reply.list)
            all += Delayed{itemText(one, 0), itemText(one, 1), microsecondsOf(itemText(one, 2))};
        std::ranges::stable_sort(all, {}, &Delayed::due);
        return all.mid(0, most);
    };
    m_connection.run(scripts::delayed(), {delayedQueues}, {QByteArray::number(most)},
                     reading<QList<Delayed>>(std::move(answer), read));
}

void Broker::strays(const redis::Script &script, const QByteArrayList &keys, const QByteArrayList &arguments,
                    Answer<QList<Stray>> answer)
{
    const auto read = [](const Reply &reply) {
        QList<Stray> found;
        for (const Reply &one : reply.list) {
            const bool ours = one.list.size() == 4;
            const qsizetype at = ours ? 1 : 0;
            found += Stray{ours ? itemText(one, 0) : QByteArray(), itemText(one, at), itemText(one, at + 1),
                           itemText(one, at + 2)};
        }
        return found;
    };
    m_connection.run(script, keys, arguments, reading<QList<Stray>>(std::move(answer), read));
}

void Broker::findDead(Answer<QList<Stray>> answer)
{
    strays(scripts::findDead(), {nodes, unackedIndex, unacked}, {m_node, "100"}, std::move(answer));
}

void Broker::findLost(const QByteArrayList &known, Answer<QList<Stray>> answer)
{
    strays(scripts::findLost(), {m_owned, unackedIndex, unacked}, QByteArrayList{m_node} + known, std::move(answer));
}

void Broker::findOverdue(std::chrono::seconds timeout, Answer<QList<Stray>> answer)
{
    strays(scripts::findOverdue(), {unackedMutex, unackedIndex, unacked},
           {m_node, QByteArray::number(static_cast<qint64>(timeout.count())), "100"}, std::move(answer));
}

void Broker::endSweep()
{
    m_connection.run(scripts::endSweep(), {unackedMutex}, {m_node}, [](const Result<Reply> &) {});
}

void Broker::bind(const QByteArray &queue)
{
    m_connection.send({"SADD", bindingKey(queue), bindingMember(queue, queue)}, [](const Result<Reply> &) {});
}

void Broker::leave(Answer<bool> answer)
{
    const auto again = [this, answer](const Result<Reply> &reply) {
        if (reply && reply->integer > 0)
            leave(answer);
        else
            answer(reply ? Result<bool>(true) : Result<bool>(reply.error()));
    };
    m_connection.run(scripts::leave(), {nodes, m_alive, m_owned, delayedQueues, dead}, {m_node, "500"}, again);
}

void Broker::revoke(const QHash<QString, qint64> &ids)
{
    if (ids.isEmpty())
        return;
    QByteArrayList add{"ZADD", revocations};
    qint64 newest = 0;
    for (auto id = ids.cbegin(); id != ids.cend(); ++id) {
        add << secondsOf(id.value()) << id.key().toUtf8();
        newest = std::max(newest, id.value());
    }
    m_connection.transaction(
        {add,
         {"ZREMRANGEBYSCORE", revocations, "-inf", secondsOf(newest - rememberedSeconds * 1'000'000)},
         {"EXPIRE", revocations, QByteArray::number(rememberedSeconds)}},
        [](const Result<Reply> &) {});
}

void Broker::revoked(Answer<QHash<QString, qint64>> answer)
{
    const auto read = [](const Reply &reply) {
        QHash<QString, qint64> ids;
        for (qsizetype i = 0; i + 1 < reply.list.size(); i += 2)
            ids.insert(QString::fromUtf8(itemText(reply, i)), microsecondsOf(itemText(reply, i + 1)));
        return ids;
    };
    m_connection.send({"ZRANGE", revocations, "0", "49999", "REV", "WITHSCORES"},
                      reading<QHash<QString, qint64>>(std::move(answer), read));
}

} // namespace quoin::celery
