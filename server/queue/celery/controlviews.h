// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QHash>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>

class QJsonObject;

namespace quoin::celery {

struct Message;

/// A task as `celery inspect active`, `reserved` and `scheduled` show it.
struct TaskView
{
    QString id, name;
    QByteArray args = QByteArrayLiteral("[]"), kwargs = QByteArrayLiteral("{}"); ///< JSON texts.
    QByteArray argsRepr, kwargsRepr; ///< As Python shows them; empty: made from the texts.
    QString hostname;                ///< The node's name.
    std::optional<qint64> started;   ///< Microseconds since 1970 UTC, once it runs.
    bool acknowledged = false;
    QByteArray exchange, routingKey;
    int priority = 0;
    bool redelivered = false;
    std::optional<qint64> pid; ///< Of the process it runs in.
    std::optional<qint64> eta; ///< Microseconds since 1970 UTC, for `scheduled`.

    static TaskView of(const Message &message, const QString &node);
};

/// JSON texts for the replies. `safe`: the arguments as Python shows them, cut, instead of as they are. Arguments that
/// no Python client could read are always given so. Pure; any thread.
QByteArray taskValue(const TaskView &task, bool safe = false);
QByteArray tasksValue(const QList<TaskView> &tasks, bool safe = false);
QByteArray scheduledValue(const QList<TaskView> &tasks);
/// {id: [state, {task}]}; state: "active" or "reserved".
QByteArray queryValue(const QList<QPair<QByteArray, TaskView>> &found);

/// `celery inspect active_queues`.
QByteArray queuesValue(const QByteArrayList &queues);

/// `celery inspect stats`, as far as a node of ours has it.
struct StatsView
{
    QMap<QString, qint64> total; ///< Runs by task name.
    qint64 pid = 0;
    quint64 clock = 0;
    qint64 uptime = 0; ///< Seconds.
    int concurrency = 0;
    QList<qint64> processes;
    int prefetch = 0;
    QString brokerHost, brokerUser, brokerDatabase; ///< No password is ever shown.
    int brokerPort = 0;
    bool brokerTls = false;
    QString software;                               ///< "quoin 0.1.0"
    QByteArray resources = QByteArrayLiteral("{}"); ///< JSON text of what is shown as "rusage".
};
QByteArray statsValue(const StatsView &stats);

/// ["a", "b"]
QByteArray namesValue(const QStringList &names);
QByteArray confValue(const QJsonObject &settings);
/// The answer to `hello`: {"revoked": {id: seconds}, "clock": n}. revoked: microseconds since 1970 UTC.
QByteArray helloValue(const QHash<QString, qint64> &revoked, quint64 clock);

} // namespace quoin::celery
