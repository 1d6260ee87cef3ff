// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/controlviews.h"

#include <quoin/result.h>

#include <QByteArrayList>
#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QStringList>

#include <chrono>
#include <functional>
#include <optional>

namespace quoin::celery {

/// What a node counts.
struct NodeFigures
{
    int concurrency = 0;         ///< Tasks that can run at once.
    int prefetch = 0;            ///< Most messages held at once.
    int active = 0;              ///< Tasks running now.
    qint64 processed = 0;        ///< Tasks begun since the start.
    QMap<QString, qint64> total; ///< The same, by name.
};

/// What a worker node offers to remote control and tells about itself in events. CeleryQueue is one. Everything is
/// called in the node's thread (the main one) and must return at once: an answer is due within a second, also while all
/// task threads are busy.
class Node
{
public:
    using Scheduled = std::function<void(const Result<QList<TaskView>> &)>;

    Node() = default;
    Node(const Node &) = delete;
    Node &operator=(const Node &) = delete;
    virtual ~Node() = default;

    /// "quoin@host": what commands are addressed to. The same for the life of the node.
    virtual QString name() const = 0;
    virtual NodeFigures figures() const = 0;

    /// Running now.
    virtual QList<TaskView> active() const = 0;
    /// Claimed and waiting for a thread.
    virtual QList<TaskView> reserved() const = 0;
    /// What waits for its eta, the soonest first, at most `most`. Calls answer exactly once, at once or later.
    virtual void scheduled(int most, Scheduled answer) const = 0;
    /// Names of all tasks that this node runs, aliases too. Any order.
    virtual QStringList registered() const = 0;

    /// What is consumed now, in polling order.
    virtual QByteArrayList queues() const = 0;
    /// Consumes a further queue; success if it does already. Invalid: a name that cannot be one.
    virtual Result<> addQueue(const QByteArray &queue) = 0;
    /// Consumes it no longer; success if it did not. What is claimed already is finished.
    virtual Result<> cancelQueue(const QByteArray &queue) = 0;

    /// Ids that must not be run, with the time of the revocation (microseconds since 1970 UTC).
    virtual QHash<QString, qint64> revoked() const = 0;
    /// Runs these no more, whenever they come; keeps the later of two times. Bounded: the oldest are forgotten first.
    virtual void revoke(const QHash<QString, qint64> &ids) = 0;
    /// Asks those of these that are held here to stop, or does not begin them. Returns them.
    virtual QStringList terminate(const QStringList &ids) = 0;

    /// Changes how many tasks run at once by so many; negative: fewer. An error says what the limits are.
    virtual Result<> grow(int by) = 0;
    /// New limits for attempts of this task that begin from now on; none: no limit. NotFound: no such task.
    virtual Result<> setTimeLimits(const QString &task, std::optional<std::chrono::milliseconds> hard,
                                   std::optional<std::chrono::milliseconds> soft)
        = 0;

    /// Settings as `celery inspect conf` shows them (worker_concurrency, task_default_queue, ...). No secrets.
    virtual QJsonObject configuration() const = 0;

    /// Drains and ends this process, as if asked to by SIGTERM.
    virtual void shutDown() = 0;
};

} // namespace quoin::celery
