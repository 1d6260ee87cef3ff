// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QObject>
#include <QQueue>
#include <QTimer>

#include <functional>
#include <memory>

namespace quoin::redis {
class Connection;
struct Url;
} // namespace quoin::redis

namespace quoin::celery {

struct ControlCommand;
class ControlMethods;
class EventStream;
class Node;
struct Lamport;

/// Answers Celery's remote control (`celery status|inspect|control`, mingle of starting workers, Flower) for one node.
///
/// Listens on a connection of its own, so that a command is seen while the others are busy, and replies through the
/// node's. Commands wait in a bounded list and are done one after another, a few for each turn of the event loop, so
/// that a flood of them never holds up the node: what does not fit is dropped with a warning. What is not a command is
/// ignored. Lives in one thread with an event loop.
class ControlDesk final : public QObject
{
    Q_OBJECT

public:
    /// All are lent and outlive this object; url: the broker's.
    ControlDesk(Node &node, EventStream &events, Lamport &clock, redis::Connection &commands, const redis::Url &url,
                QObject *parent = nullptr);
    ~ControlDesk() override;

    /// Listens from now on, also after Redis was away.
    void start();
    /// Answers no more and takes the node off the list of mailboxes. Calls done once Redis has it or is not there.
    void stop(std::function<void()> done = {});

private:
    void announce();
    void receive(const QByteArray &payload);
    void drop(const char *why);
    void work();
    void handle(const QByteArray &payload);
    void reply(const ControlCommand &command, const QByteArray &value);
    void ended(qint64 bytes);

    Node &m_node;
    Lamport &m_clock;
    redis::Connection &m_commands;
    const std::unique_ptr<redis::Connection> m_subscription;
    const std::unique_ptr<ControlMethods> m_methods;
    QQueue<QByteArray> m_waiting;
    qint64 m_waitingBytes = 0;
    int m_inFlight = 0; ///< Commands that were begun and whose replies Redis does not have yet.
    qint64 m_inFlightBytes = 0;
    bool m_started = false;
    bool m_flooded = false; ///< Told of; until the list is empty again.
    QTimer m_turn;
};

} // namespace quoin::celery
