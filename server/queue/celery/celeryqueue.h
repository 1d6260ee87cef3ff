// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "meters/meters.h"
#include "queue/celery/node.h"
#include "queue/queue.h"
#include "queue/taskcatalogue.h"

#include "redis/url.h"

#include <quoin/abi.h>

#include <memory>
#include <optional>

namespace quoin::celery {

/// What may be set about a CeleryQueue.
struct CeleryOptions
{
    redis::Url broker;
    std::optional<redis::Url> results;           ///< None: results are not kept, but for what chords need.
    QByteArrayList queues = {"celery", "quoin"}; ///< Consumed, in polling order: names without Celery's priority marks.
    /// The one of these that only our own nodes consume. A task in it that nobody here knows is put off for another
    /// node, with a warning, as the database queue would leave it; in any other queue it fails as Celery's workers fail
    /// it.
    QByteArray own = "quoin";
    QByteArray shared = "celery"; ///< Where follow-up tasks go whose signature names no queue and that Python may know.
    QString node;                 ///< What remote control calls this process; null: quoin@<host name>.
    int concurrency = 2;          ///< Tasks run at once; 0: none here, the queue does nothing.
    bool taskEvents = false;      ///< Events of tasks from the start; else once somebody enables them. Workers' always.
    bool tellsDone = false;       ///< A line in the log for each task that is done.
    std::chrono::seconds resultsExpire = std::chrono::hours(24);        ///< 0: never.
    std::chrono::milliseconds poll = std::chrono::seconds(1);           ///< How often to look without being told.
    std::chrono::milliseconds renewal = std::chrono::milliseconds(500); ///< Of what is held; a third of the shortest
                                                                        ///< visibility_timeout of all who take part.
    std::chrono::milliseconds aliveFor = std::chrono::seconds(10);      ///< Unheard of for so long, a node is dead.
    std::chrono::milliseconds patience = std::chrono::seconds(10);      ///< How long an unknown task is put off.
    std::chrono::seconds visibilityTimeout = std::chrono::hours(1);     ///< Others' messages are put back after it.
    std::chrono::milliseconds sweep = std::chrono::seconds(100);        ///< How often to look for those.
    std::chrono::milliseconds grace = std::chrono::seconds(2);    ///< How long a drain waits for an absent server.
    std::chrono::milliseconds leniency = std::chrono::seconds(3); ///< For a task that was failed for its hard limit, to
                                                                  ///< end before its process is to be replaced.
    std::chrono::milliseconds shutdownDeadline = std::chrono::seconds(
        30);                             ///< Of the drain of `celery control shutdown`.
    meters::Meters *meters = nullptr;    ///< Where attempts are counted; lent, may be null.
    std::function<double()> random = {}; ///< In [0, 1), for the jitter of retries; empty: Qt's generator.
};

/// A worker node of Celery on Redis: claims messages, runs them on its own threads, settles them in the table `task`,
/// and then writes results, publishes what follows and acknowledges, all in one step of Redis.
///
/// The contract is queue::Queue's. A message is at no moment in this process' memory only. What is held is renewed as
/// long as this process lives, so that nobody with a short visibility timeout takes it; what a killed one held is put
/// back by the others once it has not been heard of for aliveFor. Messages that are none are kept in the list
/// quoin:dead, with the reason. While Redis or the database is away nothing is claimed, outcomes are kept, and
/// everything goes on by itself. Answers remote control and tells events. See docs/decisions/0140 to 0144.
class CeleryQueue final : public queue::Queue, public Node
{
    Q_OBJECT

public:
    /// database is lent and outlives this object.
    CeleryQueue(abi::Database *database, queue::TaskCatalogue catalogue, CeleryOptions options,
                QObject *parent = nullptr);
    /// Asks what runs to stop and waits for it. drain() is kinder: what is held is put back by others only in time.
    ~CeleryQueue() override;

    void start() override;
    std::function<void()> waker() const override;
    /// drained() comes at the latest `grace` after the deadline.
    void drain(std::chrono::milliseconds deadline) override;
    void setConcurrency(int threads) override;
    int concurrency() const override;
    /// Also the node's id in the keys quoin:alive:<id> and quoin:owned:<id>.
    const QString &owner() const override;
    queue::QueueCounters counters() const override;

    // Node
    QString name() const override;
    NodeFigures figures() const override;
    QList<TaskView> active() const override;
    QList<TaskView> reserved() const override;
    void scheduled(int most, Scheduled answer) const override;
    QStringList registered() const override;
    QByteArrayList queues() const override;
    Result<> addQueue(const QByteArray &queue) override;
    Result<> cancelQueue(const QByteArray &queue) override;
    QHash<QString, qint64> revoked() const override;
    void revoke(const QHash<QString, qint64> &ids) override;
    QStringList terminate(const QStringList &ids) override;
    Result<> grow(int by) override;
    Result<> setTimeLimits(const QString &task, std::optional<std::chrono::milliseconds> hard,
                           std::optional<std::chrono::milliseconds> soft) override;
    QJsonObject configuration() const override;
    void shutDown() override;

Q_SIGNALS:
    /// A task ignores its hard limit: it was failed, but holds a thread of this process, which should be replaced.
    void replaceWanted(const QString &why);
    /// Somebody said `celery control shutdown`: it drains already, and no process should come in its place.
    void shutdownWanted();

private:
    class Work;
    const std::unique_ptr<Work> m_work;
};

} // namespace quoin::celery
