// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/eventstream.h"

#include "queue/celery/eventwords.h"
#include "queue/celery/lamport.h"
#include "queue/celery/node.h"
#include "queue/clock.h"
#include "queue/queuelog.h"
#include "redis/connection.h"

#include <QCoreApplication>
#include <QPointer>

#include <csignal>
#include <cstdlib>

namespace quoin::celery {

namespace {

/// Publications that Redis has not taken yet; then events are dropped.
constexpr int mostUnanswered = 100;

WorkerFacts factsOf(const Node &node, const EventOptions &options)
{
    const NodeFigures figures = node.figures();
    WorkerFacts facts;
    facts.every = options.frequency;
    facts.active = figures.active;
    facts.processed = figures.processed;
    if (getloadavg(facts.load.data(), static_cast<int>(facts.load.size())) < 0)
        facts.load = {};
    facts.version = QCoreApplication::applicationVersion();
    return facts;
}

} // namespace

EventStream::EventStream(const Node &node, Lamport &clock, redis::Connection &commands, int database,
                         EventOptions options, QObject *parent)
    : QObject(parent)
    , m_node(node)
    , m_clock(clock)
    , m_commands(commands)
    , m_database(database)
    , m_options(options)
    , m_tasks(options.tasks)
{
    m_turn.setSingleShot(true);
    connect(&m_turn, &QTimer::timeout, this, &EventStream::flush);
    m_heartbeat.setInterval(m_options.frequency);
    connect(&m_heartbeat, &QTimer::timeout, this, &EventStream::beat);
    connect(&m_commands, &redis::Connection::opened, this, &EventStream::greet);
}

EventStream::~EventStream() = default;

void EventStream::start()
{
    m_started = true;
    m_heartbeat.start();
    greet();
}

void EventStream::greet()
{
    if (m_started && m_commands.isOpen())
        publish(workerEvent(WorkerEvent::Online, stamp(), factsOf(m_node, m_options), m_database), 1);
}

void EventStream::beat()
{
    if (m_started)
        publish(workerEvent(WorkerEvent::Heartbeat, stamp(), factsOf(m_node, m_options), m_database), 1);
}

void EventStream::stop(std::function<void()> done)
{
    flush();
    m_heartbeat.stop();
    m_started = false;
    const Broadcast farewell = workerEvent(WorkerEvent::Offline, stamp(), factsOf(m_node, m_options), m_database);
    m_commands.send({"PUBLISH", farewell.channel, farewell.envelope},
                    [done = std::move(done)](const Result<redis::Reply> &) {
                        if (done)
                            done();
                    });
}

bool EventStream::setTellingOfTasks(bool on) { return std::exchange(m_tasks, on) != on; }

void EventStream::taskReceived(const Message &message)
{
    if (isTelling())
        add(celery::taskReceived(stamp(), message));
}

void EventStream::taskStarted(const QString &id)
{
    if (isTelling())
        add(celery::taskStarted(stamp(), id));
}

void EventStream::taskSucceeded(const QString &id, const QByteArray &resultJson, std::chrono::microseconds runtime)
{
    if (isTelling())
        add(celery::taskSucceeded(stamp(), id, resultJson, runtime));
}

void EventStream::taskFailed(const QString &id, const TaskFault &fault)
{
    if (isTelling())
        add(celery::taskFailed(stamp(), id, fault));
}

void EventStream::taskRetried(const QString &id, const TaskFault &fault)
{
    if (isTelling())
        add(celery::taskRetried(stamp(), id, fault));
}

void EventStream::taskRevoked(const QString &id, Revocation why)
{
    if (!isTelling())
        return;
    const bool isTerminated = why == Revocation::Terminated;
    const auto signal = isTerminated ? std::optional(SIGTERM) : std::nullopt;
    add(celery::taskRevoked(stamp(), id, isTerminated, signal, why == Revocation::Expired));
}

void EventStream::taskRejected(const QString &id, bool requeue)
{
    if (isTelling())
        add(celery::taskRejected(stamp(), id, requeue));
}

EventStamp EventStream::stamp()
{
    return {.node = m_node.name(),
            .pid = QCoreApplication::applicationPid(),
            .clock = m_clock.next(),
            .now = queue::systemMicroseconds()};
}

void EventStream::add(QByteArray event)
{
    m_waiting.append(std::move(event));
    if (m_waiting.size() >= mostTaskEvents)
        flush();
    else if (!m_turn.isActive())
        m_turn.start(0);
}

void EventStream::flush()
{
    m_turn.stop();
    if (m_waiting.isEmpty())
        return;
    const auto events = std::exchange(m_waiting, {});
    publish(taskEvents(events, m_node.name(), m_database), events.size());
}

void EventStream::publish(const Broadcast &broadcast, qsizetype events)
{
    if (m_unanswered >= mostUnanswered || !m_commands.isOpen()) {
        m_dropped += events;
        return;
    }
    ++m_unanswered;
    m_commands.send({"PUBLISH", broadcast.channel, broadcast.envelope},
                    [stream = QPointer(this), events](const Result<redis::Reply> &taken) {
                        if (!stream)
                            return;
                        --stream->m_unanswered;
                        if (!taken)
                            stream->m_dropped += events;
                    });
}

} // namespace quoin::celery
