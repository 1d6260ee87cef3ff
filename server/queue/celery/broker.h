// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/connection.h"

#include <QHash>

#include <chrono>
#include <functional>
#include <optional>

namespace quoin::celery {

/// A message as claimed: in `unacked` now, and ours.
struct ClaimedMessage
{
    QByteArray tag;   ///< Its field in `unacked`: the delivery tag, unless another message has that.
    QByteArray token; ///< Names this claim of it for ever.
    QByteArray queue;
    QByteArray key; ///< The list it was in: the queue's, of its priority.
    QByteArray raw;
};

/// What a claim found.
struct Claim
{
    qint64 now = 0; ///< Redis' clock, microseconds since 1970 UTC.
    QList<ClaimedMessage> messages;
    QList<QPair<QByteArray, QByteArray>> dead; ///< Queue and reason: what could not even be held is in quoin:dead.
};

/// Something to write for others when a message is finished with.
struct Push
{
    enum class Where {
        Back,    ///< Of the list `key`: the last to be popped (LPUSH).
        Front,   ///< The next to be popped (RPUSH).
        Delayed, ///< key is a queue's name; waits in Redis until due.
        Dead,    ///< The list of dead letters; text is one, key is not used.
        Result,  ///< As Finish::result, of another task.
        Size,    ///< Of a chord's header: SETEX with the results' time to live.
    };
    Where where = Where::Back;
    QByteArray key;
    QByteArray text;
    qint64 due = 0;        ///< Delayed: microseconds since 1970 UTC.
    QByteArray chord = {}; ///< Not empty: chordKey(group, "") of a chord. The pushes of a finish that have it are made
                           ///< only if its keys are there, and take them away.
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
    std::optional<StoredResult> result = {}; ///< Written in any case: also of a message that is no longer ours.
    QList<Push> pushes = {};
};

/// A message that somebody has who does not look after it.
struct Stray
{
    QByteArray node; ///< Of ours whose it is; empty: of another program.
    QByteArray tag;
    QByteArray score;
    QByteArray entry; ///< As in `unacked`: [message, exchange, routing key].
};

/// What became due.
struct Promotion
{
    qint64 now = 0; ///< Redis' clock, microseconds since 1970 UTC.
    qint64 moved = 0;
    qint64 nextDue = 0; ///< Of what is still delayed; 0: nothing is.
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

    /// Takes up to `wanted` messages, and about `mostBytes` of them: by priority, and of one priority from the queues
    /// in turn, beginning with the first.
    void claim(const QByteArrayList &queues, int wanted, qint64 mostBytes, Answer<Claim> answer);
    /// Says that this node is alive for so long and extends what it holds (tag and token). For each whether it was
    /// still ours.
    void renew(const QList<QPair<QByteArray, QByteArray>> &held, std::chrono::milliseconds aliveFor,
               Answer<QList<bool>> answer);
    /// For each whether it was still ours; if not, only its result was written. resultsExpire: 0: never.
    void finish(const QList<Finish> &ends, std::chrono::seconds resultsExpire, Answer<QList<bool>> answer);

    /// Moves what is due into its ready lists.
    void promote(Answer<Promotion> answer);
    struct Delayed
    {
        QByteArray queue, raw;
        qint64 due = 0;
    };
    /// What waits for its time, the soonest first.
    void delayed(int most, Answer<QList<Delayed>> answer);

    /// What dead nodes of ours have left, at most 100; nodes that have left nothing are forgotten.
    void findDead(Answer<QList<Stray>> answer);
    /// What is this node's but not among these: claimed by a call whose answer never came. At most 100.
    void findLost(const QByteArrayList &known, Answer<QList<Stray>> answer);
    /// What anybody has held for longer than the timeout, at most 100. Nothing while another one sweeps.
    void findOverdue(std::chrono::seconds timeout, Answer<QList<Stray>> answer);
    /// Puts them back in front of their queues, if nobody took them meanwhile, with the marks of a redelivery. To the
    /// queue of their routing key where their exchange is a named one that is bound to none. How many it was.
    void restore(const QList<Stray> &strays, Answer<int> answer);
    /// After findOverdue(), so that others may sweep.
    void endSweep();

    /// Lets producers that name an exchange find the queue.
    void bind(const QByteArray &queue);
    /// This node is gone, on purpose. If no other is alive, what is delayed goes back to the ready lists, where
    /// Python's workers see it. Answers when that is done.
    void leave(Answer<bool> answer);

    /// Keeps revocations (microseconds since 1970) for nodes that start later, for three hours.
    void revoke(const QHash<QString, qint64> &ids);
    void revoked(Answer<QHash<QString, qint64>> answer);

private:
    void strays(const redis::Script &script, const QByteArrayList &keys, const QByteArrayList &arguments,
                Answer<QList<Stray>> answer);

    redis::Connection &m_connection;
    const QByteArray m_node;
    const QByteArray m_owned, m_alive;
};

/// A message that cannot be one, as it is kept in quoin:dead: JSON with reason, queue, time and message. Bytes that are
/// no UTF-8 are kept as the characters of Latin-1, and it says so.
QByteArray deadLetter(const QString &reason, const QByteArray &queue, const QByteArray &raw, qint64 now);

} // namespace quoin::celery
