// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/result.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QString>

#include <array>
#include <chrono>
#include <optional>

namespace quoin::celery {

struct Message;

/// What every event says. No utcoffset: readers shift times by it, which is wrong for times that are UTC already.
struct EventStamp
{
    QString node;
    qint64 pid = 0;
    quint64 clock = 0; ///< Lamport::next().
    qint64 now = 0;    ///< Microseconds since 1970 UTC.
};

enum class WorkerEvent { Online, Heartbeat, Offline };

struct WorkerFacts
{
    std::chrono::milliseconds every = std::chrono::seconds(2); ///< Between heartbeats; counts as gone after twice that.
    int active = 0;
    qint64 processed = 0;
    std::array<double, 3> load{};
    QString software = QStringLiteral("quoin"), version, system = QStringLiteral("Linux");
};

/// The texts of single events, each one object with its type: for taskEventsEnvelope(). Texts in them are bounded.
QByteArray taskReceived(const EventStamp &stamp, const Message &message);
QByteArray taskStarted(const EventStamp &stamp, const QString &id);
QByteArray taskSucceeded(const EventStamp &stamp, const QString &id, QByteArrayView resultJson,
                         std::chrono::microseconds runtime);
QByteArray taskFailed(const EventStamp &stamp, const QString &id, const TaskFault &fault);
QByteArray taskRetried(const EventStamp &stamp, const QString &id, const TaskFault &fault);
QByteArray taskRevoked(const EventStamp &stamp, const QString &id, bool terminated, std::optional<int> signal,
                       bool expired);
QByteArray taskRejected(const EventStamp &stamp, const QString &id, bool requeue);

/// As many as Celery puts into one message.
constexpr qsizetype mostTaskEvents = 24;

/// Something to PUBLISH. A malformed one would end every Python worker that listens; these functions cannot make one.
struct Broadcast
{
    QByteArray channel, envelope;
};

/// One worker event, "/0.celeryev/worker.heartbeat".
Broadcast workerEvent(WorkerEvent type, const EventStamp &stamp, const WorkerFacts &facts, int database);
/// Task events as one array on "/0.celeryev/task.multi". Requires at least one, each made above.
Broadcast taskEvents(const QByteArrayList &events, const QString &node, int database);

} // namespace quoin::celery
