// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/clock.h"
#include "redis/url.h"

#include <quoin/abi.h>

#include <QObject>
#include <QStringList>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace quoin::celery {

/// What may be set about a Relay.
struct RelayOptions
{
    /// What a task may be stored as (TaskCatalogue::names()). Others stay in the table, with a warning, for a process
    /// that knows them.
    QStringList names;
    /// The name in its message. Empty function, or null: its own. A task with another name than its own goes to the
    /// shared queue, where Python's workers take it; the rest to our own, because a Python worker destroys a task that
    /// it does not know. Called in the relay's thread.
    std::function<QString(const QString &task)> publishedName;
    QByteArray sharedQueue = "celery";
    QByteArray ownQueue = "quoin";
    std::optional<redis::Url> results; ///< Where Python's workers tell how a task ended; none: they do not.

    std::chrono::milliseconds lease = std::chrono::seconds(6);   ///< A dead relay is replaced after this.
    std::chrono::milliseconds renewal = std::chrono::seconds(2); ///< Less than a third of the lease.
    std::chrono::milliseconds poll = std::chrono::seconds(1);    ///< How often to look for what nobody told.
    std::chrono::milliseconds census = std::chrono::seconds(30); ///< How often to look for messages that are gone.
    std::chrono::milliseconds patience = std::chrono::minutes(
        5); ///< Of our own queue, a message gone for so long is pushed again...
    std::chrono::milliseconds celeryPatience = std::chrono::hours(
        1); ///< ...and one of the shared queue without a result after this, as Celery would. Without `results`: never.
    std::chrono::milliseconds reconciliation = std::chrono::seconds(10); ///< How often to ask for results.
    int batch = 200;                                                     ///< Tasks pushed at once, at most...
    qint64 batchBytes = 8 * 1024 * 1024; ///< ...and bytes of their arguments, if they are more than one.
    queue::Clock clock = {};             ///< Empty: the database server's, or this machine's for SQLite.
};

/// Counted since the start, by this process.
struct RelayCounters
{
    qint64 pushed = 0;     ///< Messages that Redis took.
    qint64 again = 0;      ///< Rows made ready again because no message stood for them any more.
    qint64 reconciled = 0; ///< Rows of tasks that Python's workers ended.
};

/// Hands the tasks of the table `task` to Celery's queues in Redis, in the order of their ids within each priority.
///
/// Of all relays on one database one is active: it has the lease "relay". Each row gets its message id before the push
/// and is `sent` after it, so a push whose outcome is not known is repeated under the same id: at least once, and the
/// ledger makes of it once. While Redis is away the rows stay where they are; nothing grows. A Redis that lost what it
/// had is noticed, and what was lost is pushed again. Tasks that Python ran are settled by their results.
/// Lives in one thread with an event loop; all functions but the waker are called there. See docs/decisions/0135 to
/// 0139.
class Relay final : public QObject
{
    Q_OBJECT

public:
    /// database is lent and outlives this object.
    Relay(abi::Database *database, redis::Url broker, RelayOptions options, QObject *parent = nullptr);
    /// Without stop() the others have to wait for the end of its lease.
    ~Relay() override;

    void start();
    /// Finishes the batch at hand, lets the lease go and tells the others. stopped() follows, never before stop() has
    /// returned, and within two seconds even if neither server answers.
    void stop();

    /// A function that says that there may be something to push, to whichever process is active: cheap, any thread,
    /// also after the relay has gone. To be called after the commit, as PushWatch does.
    std::function<void()> waker() const;

    /// Whether this one is the active one.
    bool isActive() const;
    RelayCounters counters() const;

Q_SIGNALS:
    void activeChanged(bool active);
    void stopped();

private:
    class Work;
    const std::unique_ptr<Work> m_work;
};

} // namespace quoin::celery
