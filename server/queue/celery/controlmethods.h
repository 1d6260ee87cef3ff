// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/url.h"

#include <QByteArray>
#include <QElapsedTimer>
#include <QHash>
#include <QString>

#include <functional>
#include <optional>

namespace quoin::celery {

struct ControlCommand;
class EventStream;
class Node;
struct Lamport;

/// What each command of remote control does, and what it is answered with: the values that Celery's own workers answer,
/// so that its command line, Flower and other workers understand them. What this node cannot do is answered with an
/// error that says so. The node's thread.
class ControlMethods
{
public:
    /// The reply's JSON text, or nothing: none is sent.
    using Value = std::optional<QByteArray>;
    using Answer = std::function<void(const Value &)>;

    /// All are lent and outlive this object.
    ControlMethods(Node &node, EventStream &events, Lamport &clock, redis::Url broker);

    /// Does it and answers exactly once, at once or later (as late as the node does, for what is scheduled).
    void call(const ControlCommand &command, const Answer &answer);

private:
    using Method = Value (ControlMethods::*)(const ControlCommand &);
    static const QHash<QString, Method> &table();

    // The worker.
    Value ping(const ControlCommand &command);
    Value hello(const ControlCommand &command);
    Value clock(const ControlCommand &command);
    Value stats(const ControlCommand &command);
    Value conf(const ControlCommand &command);
    Value report(const ControlCommand &command);
    Value enableEvents(const ControlCommand &command);
    Value disableEvents(const ControlCommand &command);
    Value heartbeat(const ControlCommand &command);
    Value shutdown(const ControlCommand &command);
    Value nothing(const ControlCommand &command);

    // Its tasks.
    Value active(const ControlCommand &command);
    Value reserved(const ControlCommand &command);
    Value queryTask(const ControlCommand &command);
    Value registered(const ControlCommand &command);
    Value revoked(const ControlCommand &command);
    Value revoke(const ControlCommand &command);
    Value terminate(const ControlCommand &command);
    Value revokeByStampedHeaders(const ControlCommand &command);
    Value rateLimit(const ControlCommand &command);
    Value timeLimit(const ControlCommand &command);
    void scheduled(const Answer &answer);
    Value terminateIds(const QStringList &ids);

    // Its queues and threads.
    Value activeQueues(const ControlCommand &command);
    Value addConsumer(const ControlCommand &command);
    Value cancelConsumer(const ControlCommand &command);
    Value poolGrow(const ControlCommand &command);
    Value poolShrink(const ControlCommand &command);
    Value poolRestart(const ControlCommand &command);
    Value autoscale(const ControlCommand &command);
    Value changePool(const ControlCommand &command, int sign);

    Node &m_node;
    EventStream &m_events;
    Lamport &m_clock;
    const redis::Url m_broker;
    QElapsedTimer m_uptime;
};

} // namespace quoin::celery
