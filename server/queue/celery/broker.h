// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/connection.h"

#include <chrono>
#include <functional>
#include <optional>

namespace quoin::celery {

/// A message as claimed: in `unacked` now, and ours.
struct ClaimedMessage
{
    QByteArray tag;   ///< Its field in `unacked`: the delivery tag, unless another message has that.
    QByteArray token; ///< Its score there, which says that it is ours: whoever else takes it writes another.
    QByteArray queue;
    QByteArray key; ///< The list it was in: the queue's, of its priority.
    QByteArray raw;
};

/// What a claim found.
struct Claim
{
    qint64 now = 0; ///< Redis' clock, microseconds since 1970 UTC.
    QList<ClaimedMessage> messages;
    QList<QPair<QByteArray, QByteArray>> dead; ///< Queue, and the reason: what could not even be held. In quoin:dead.
};

/// Something to write for others when a message is finished with.
struct Push
{
    enum class Where {
        Back,    ///< Of the list: the last to be popped (LPUSH).
        Front,   ///< The next to be popped (RPUSH).
        Delayed, ///< key is a queue's name; waits in Redis until due.
        Dead     ///< The list of dead letters; text is one.
    };
    Where where = Where::Back;
    QByteArray key;
    QByteArray text;
    qint64 due = 0; ///< Delayed: microseconds since 1970 UTC.
};

/// The result of a task: SETEX and PUBLISH, unless a success is stored already.
struct StoredResult
{
    QByteArray key;
    QByteArray text;
};

/// The end of a message: what is written if, and in the same step as, it is acknowledged.
struct Finish
{
    QByteArray tag;
    QByteArray token;
    QByteArray node = {}; ///< Whose it was; empty: this node's.
    std::optional<StoredResult> result = {}; ///< Written in any case: also of a message that is no longer ours.
    QList<Push> pushes = {};
    QByteArray chord = {}; ///< Not empty: the pushes are the body of this chord, made only while its parts are there.
};

/// A message of a node that is dead, or that somebody has held for too long.
struct Stray
{
    QByteArray node; ///< Empty: not of ours.
    QByteArray tag;
    QByteArray token;
    QByteArray entry; ///< As in `unacked`: [message, exchange, routing key]. Null: there is none.
};

/// What Celery's participants and our nodes share in Redis, as calls. Each is one script and thus one step: it happens
/// whole or not at all, whatever ends in between. Answers come from the event loop, exactly once, also when Redis is
/// away. Knows nothing of tasks; lives in the thread of its connection.
class Broker final
{
public:
    template <class T>
    using Answer = std::function<void(const Result<T> &)>;

    /// connection is lent and outlives this object. node: this node's id.
    Broker(redis::Connection &connection, QByteArray node);

    redis::Connection &connection() { return m_connection; }
    const QByteArray &node() const { return m_node; }

    /// Takes up to `wanted` messages, and about `mostBytes` of them, of the best priority first and of the queues in
    /// this order.
    void claim(const QByteArrayList &queues, int wanted, qint64 mostBytes, Answer<Claim> answer);
    /// Says that this node is alive for so long and extends what it holds (tag and token). The new tokens; null for
    /// what was lost.
    void renew(const QList<QPair<QByteArray, QByteArray>> &held, std::chrono::milliseconds aliveFor,
               Answer<QByteArrayList> answer);
    /// For each whether it was still ours; if not, only its result was written. resultsExpire: 0: never.
    void finish(const QList<Finish> &ends, std::chrono::seconds resultsExpire, Answer<QList<bool>> answer);

    /// Moves what is due into its ready lists. When the next is; 0: there is none.
    void promote(Answer<qint64> answer);
    /// What waits for its time, the soonest first: queue and message.
    void delayed(int most, Answer<QList<QPair<QByteArray, QByteArray>>> answer);

    /// What dead nodes of ours have left, at most 100; takes the nodes that left nothing off the list.
    void findDead(Answer<QList<Stray>> answer);
    /// What anybody has held for longer than the timeout, at most 100. Nothing while another one sweeps.
    void findOverdue(std::chrono::milliseconds timeout, Answer<QList<Stray>> answer);
    /// The queues that are bound to an exchange with this routing key, as kombu keeps them.
    void queuesOf(const QByteArray &exchange, const QByteArray &routingKey, Answer<QByteArrayList> answer);

    /// Lets producers that name an exchange find the queue.
    void bind(const QByteArray &queue);
    /// This node is gone, on purpose. If no other is alive, what is delayed goes back to the ready lists, where Python's
    /// workers see it.
    void leave(Answer<qint64> answer);

    /// Adds this part to the chord of that group. All parts in their order, once they are complete; else empty.
    /// Unavailable and so on; repeatable.
    void addChordPart(const QByteArray &group, qint64 index, const QByteArray &part, std::chrono::seconds expire,
                      Answer<QByteArrayList> answer);

    /// Keeps revocations for nodes that start later; forgets those of more than three hours ago.
    void revoke(const QHash<QString, qint64> &ids);
    void revoked(Answer<QHash<QString, qint64>> answer);

private:
    redis::Connection &m_connection;
    const QByteArray m_node;
};

} // namespace quoin::celery
