// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>

namespace quoin::redis {
class Connection;
}

namespace quoin::celery {

struct Broadcast;
struct EventStamp;
struct Lamport;
struct Message;
struct TaskFault;
class Node;

/// What may be set about an EventStream.
struct EventOptions
{
    bool tasks
        = false; ///< Tell of tasks from the start (Celery's -E); else after enable() only. Workers are told always.
    std::chrono::milliseconds frequency = std::chrono::seconds(2); ///< Of heartbeats, and announced with each.
};

/// Publishes Celery's events: this worker's life, and what becomes of its tasks (for `celery events`, Flower and the
/// gossip of other workers).
///
/// Nothing is kept for later: while Redis is away, or takes them more slowly than they come, events are dropped. Task
/// events of one turn of the event loop go out together. Lives in one thread with an event loop.
class EventStream final : public QObject
{
    Q_OBJECT

public:
    /// All are lent and outlive this object. database: the broker's number, a part of the channels' names.
    EventStream(const Node &node, Lamport &clock, redis::Connection &commands, int database, EventOptions options = {},
                QObject *parent = nullptr);
    ~EventStream() override;

    /// worker-online now, or as soon as Redis is there, and again when it is back; from then on a heartbeat.
    void start();
    /// Publishes what waits and worker-offline; no more after that. Calls done once Redis has it or is not there.
    void stop(std::function<void()> done = {});

    /// A heartbeat at once: a reader has come who wants to know who is there.
    void beat();

    bool isTellingOfTasks() const { return m_tasks; }
    /// False: it is so already.
    bool setTellingOfTasks(bool on);

    /// A message was read from a queue, before anything else is told of them.
    void taskReceived(const Message &message);
    /// A task thread has begun it.
    void taskStarted(const QString &id);
    /// resultJson: the result's text, which must be JSON (json::check); shown as Python prints it, cut.
    void taskSucceeded(const QString &id, const QByteArray &resultJson, std::chrono::microseconds runtime);
    void taskFailed(const QString &id, const TaskFault &fault);
    void taskRetried(const QString &id, const TaskFault &fault);
    enum class Revocation { Revoked, Expired, Terminated };
    void taskRevoked(const QString &id, Revocation why);
    void taskRejected(const QString &id, bool requeue);

    /// Events that were not sent since the start.
    qint64 dropped() const { return m_dropped; }

private:
    bool isTelling() const { return m_tasks && m_started; }
    EventStamp stamp();
    void greet();
    void add(QByteArray event);
    void flush();
    void publish(const Broadcast &broadcast, qsizetype events);

    const Node &m_node;
    Lamport &m_clock;
    redis::Connection &m_commands;
    const int m_database;
    const EventOptions m_options;
    bool m_tasks;
    bool m_started = false;
    QByteArrayList m_waiting; ///< Task events of this turn, at most a batch.
    int m_unanswered = 0;     ///< Publications on their way to Redis.
    qint64 m_dropped = 0;
    QTimer m_heartbeat;
    QTimer m_turn;
};

} // namespace quoin::celery
