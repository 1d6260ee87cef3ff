// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/clock.h"
#include "queue/taskcatalogue.h"

#include <quoin/database.h>

#include <QHash>

#include <functional>
#include <mutex>

namespace quoin::queue {

struct OutboxOptions
{
    qsizetype largestArguments = 16 * 1024 * 1024; ///< Bytes of the JSON array.
    Clock clock = systemMicroseconds;
};

/// Writes tasks into the table `task`, in the caller's transaction: one INSERT, and nothing else. Who consumes the rows
/// is not its business, so a queue can be exchanged behind it. Any thread.
///
/// push() refuses, as Internal, a name that nobody here knows (a spelling mistake would wait for ever); as Invalid,
/// arguments that are not one JSON array or too large. A unique key holds while its task is scheduled, ready, sent or
/// running: dead is finished, too, so that a task that failed for good does not silence the next one. A task goes on
/// with the trace of what pushes it (trace/current.h), or begins one.
class Outbox final : public abi::Tasks
{
public:
    /// wake is called when a task was pushed outside a PushWatch: a hint only, the transaction is still open. May be
    /// empty.
    explicit Outbox(TaskCatalogue catalogue, std::function<void()> wake = {}, OutboxOptions options = {});

    qint64 push(abi::Connection *connection, const QString &task, const QByteArray &arguments, int priority,
                qint64 notBefore, const QString &uniqueKey, Error *error) override;

    /// Like push(), but the task may be unknown here: it waits for a process that knows it.
    qint64 store(abi::Connection *connection, const QString &task, const QByteArray &arguments, int priority,
                 qint64 notBefore, const QString &uniqueKey, Error *error);
    /// Stores the task once for each of the arguments, in their order, to be run at once: on PostgreSQL one statement.
    bool storeEach(abi::Connection *connection, const QString &task, const QByteArrayList &arguments, Error *error);

    bool publishAs(const QString &task, const QString &publishedName, Error *error) override;
    /// The name others know the task by; its own, if publishAs() said nothing.
    QString publishedName(const QString &task) const;
    /// Makes the published names other names of their tasks, where these are known.
    void addPublishedNames(TaskCatalogue &catalogue) const;

private:
    struct NewTask
    {
        QString name;
        QByteArray arguments;
        QByteArray trace;
        int priority = 0;
        qint64 notBefore = 0;
        QString uniqueKey = {};
    };
    Result<qint64> insert(Connection connection, const NewTask &task);

    Result<> checkPublishedName(const QString &task, const QString &publishedName) const;
    Result<> check(const QByteArray &arguments) const;
    Result<> storeTogether(Connection connection, const QString &task, const QByteArrayList &arguments);
    QString storedName(const QString &task) const;
    void notePush();

    TaskCatalogue m_catalogue;
    std::function<void()> m_wake;
    OutboxOptions m_options;
    mutable std::mutex m_mutex;               ///< Of the names.
    QHash<QString, QString> m_publishedNames; ///< By task; without those that keep their own.
};

} // namespace quoin::queue
