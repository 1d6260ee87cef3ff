// SPDX-License-Identifier: MIT
#pragma once

#include <quoin/abi.h>
#include <quoin/database.h>
#include <quoin/future.h>
#include <quoin/json.h>
#include <quoin/result.h>

#include <QStringList>

#include <chrono>
#include <tuple>

namespace quoin {

using MicrosecondTime = std::chrono::sys_time<std::chrono::microseconds>;

/// How a task is run. Failed attempts are repeated after firstDelay, then twice that, and so on up to an hour, each
/// with jitter; after the last one the task is dead and waits for a person.
struct TaskOptions
{
    int attempts = 10;
    std::chrono::milliseconds firstDelay = std::chrono::seconds(1);
    std::chrono::milliseconds timeLimit = std::chrono::minutes(5); ///< Then stop is requested of the run.
    /// The names of its arguments, in their order. Where a task may come from elsewhere, such as from a Python program,
    /// its arguments may then also be given by name.
    QStringList parameters = {};
    int largestBatch = 64; ///< Of a batch task: how many runs its function is given at once at most.
};

/// How one task is pushed.
struct PushOptions
{
    int priority = 0;               ///< Higher runs first.
    MicrosecondTime notBefore = {}; ///< The epoch: at once.
    QString uniqueKey = {}; ///< While an unfinished task has this key, pushing again returns its id and adds nothing.
};

/// One attempt at a task, lent to its function. A task may run again after a crash: it must set, never add.
class TaskRun
{
public:
    explicit TaskRun(const abi::TaskRun *run)
        : m_run(run)
    {
    }

    qint64 id() const { return m_run->id(); }
    QString name() const { return m_run->name(); }
    /// 1 for the first.
    int attempt() const { return m_run->attempt(); }
    /// When the task was pushed, UTC; the same in every attempt.
    MicrosecondTime created() const { return MicrosecondTime(std::chrono::microseconds(m_run->createdMicroseconds())); }
    /// True once the time limit has passed or the host drains: return soon, with an Error if the work is not done.
    bool isStopRequested() const { return m_run->isStopRequested(); }

    int argumentCount() const { return m_run->argumentCount(); }
    /// The JSON text of one argument, exactly as pushed.
    JsonText argument(int index) const { return JsonText(m_run->argument(index)); }
    /// All of them, of qint64, int, bool, QString or JsonText, as a tuple; Invalid if there are more or fewer, or one
    /// is of another type: return that error, and the task is given up.
    ///     const auto arguments = run.arguments<qint64, JsonText>();
    template <class... Types>
    Result<std::tuple<Types...>> arguments() const;

private:
    const abi::TaskRun *m_run;
};

/// Pushes background tasks.
class Tasks
{
public:
    explicit Tasks(abi::Tasks *tasks)
        : m_tasks(tasks)
    {
    }

    /// Writes a task in the transaction of the job that holds the connection: it exists if and only if that commits.
    /// Its id. arguments: jsonArray(...).
    Result<qint64> push(Connection &connection, const QString &task, const QByteArray &arguments,
                        const PushOptions &options = {}) const
    {
        Error error;
        const qint64 id = m_tasks->push(connection.raw(), task, arguments, options.priority,
                                        options.notBefore.time_since_epoch().count(), options.uniqueKey, &error);
        if (id < 0)
            return error;
        return id;
    }

    /// Where other programs take tasks from the queue, too: the name under which they know this task of ours. Here it
    /// is another name of the task. An empty one, or its own: none. During start(). Invalid if that is no name, or
    /// another task's.
    Result<> publishAs(const QString &task, const QString &publishedName) const
    {
        Error error;
        if (!m_tasks->publishAs(task, publishedName, &error))
            return error;
        return {};
    }

private:
    abi::Tasks *m_tasks;
};

/// Tells others, whom the publisher does not know: each subscription (Registry::subscribe) becomes a task in the same
/// transaction.
class Events
{
public:
    explicit Events(abi::Events *events)
        : m_events(events)
    {
    }

    /// arguments: jsonArray(...); they become the arguments of each subscribed task.
    Result<> publish(Connection &connection, const QString &event, const QByteArray &arguments) const
    {
        Error error;
        if (!m_events->publish(connection.raw(), event, arguments, &error))
            return error;
        return {};
    }

    /// The event once for each of the arguments, in their order: cheaper than so many calls.
    Result<> publishEach(Connection &connection, const QString &event, const QByteArrayList &arguments) const
    {
        Error error;
        if (!m_events->publishEach(connection.raw(), event, arguments, &error))
            return error;
        return {};
    }

private:
    abi::Events *m_events;
};

/// Named counters that never hand out a number twice. Concurrent increments share round trips.
class Counters
{
public:
    explicit Counters(abi::Counters *counters)
        : m_counters(counters)
    {
    }

    /// Adds one; the future has the new value once it is stored, or Unavailable. Any thread.
    Future<qint64> increment(const QString &counter) const
    {
        class Receiver final : public abi::CountReceiver
        {
        public:
            void counted(qint64 value) override { promise.finish(value); }
            void failed(const Error &error) override { promise.finish(error); }
            Promise<qint64> promise;
        };
        auto *receiver = new Receiver;
        const auto future = receiver->promise.future();
        m_counters->increment(counter, receiver);
        return future;
    }

private:
    abi::Counters *m_counters;
};

} // namespace quoin
