// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "pythonlines.h"
#include "support/redisserver.h"
#include "testnode.h"

#include "queue/celery/controldesk.h"
#include "queue/celery/eventstream.h"
#include "queue/celery/lamport.h"
#include "redis/connection.h"

#include <QTest>

/// A node with all that speaks for it, on a Redis of the test's.
class ControlStage
{
public:
    explicit ControlStage(const quoin::test::RedisServer &server, quoin::celery::EventOptions options = {})
        : m_server(server)
        , commands(*quoin::redis::Url::parse(server.url()), {.purpose = QStringLiteral("test")})
        , events(node, clock, commands, 0, options)
        , desk(node, events, clock, commands, commands.url())
    {
    }

    /// Until commands are heard.
    bool start()
    {
        commands.open();
        desk.start();
        events.start();
        return QTest::qWaitFor([this] { return isListening(); }, 20000);
    }

    bool isListening() const
    {
        const auto channel = QStringLiteral("/0.celery.pidbox");
        return commands.isOpen()
            && m_server.cli({QStringLiteral("PUBSUB"), QStringLiteral("NUMSUB"), channel}).endsWith("1");
    }

    /// As a node that ends well does.
    bool stop()
    {
        int ended = 0;
        desk.stop([&ended] { ++ended; });
        events.stop([&ended] { ++ended; });
        return QTest::qWaitFor([&ended] { return ended == 2; }, 20000);
    }

private:
    const quoin::test::RedisServer &m_server;

public:
    TestNode node;
    quoin::celery::Lamport clock;
    quoin::redis::Connection commands;
    quoin::celery::EventStream events;
    quoin::celery::ControlDesk desk;
};
