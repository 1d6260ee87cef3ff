// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queuebench.h"
#include "support/redisserver.h"

#include "queue/celery/celeryqueue.h"
#include "queue/celery/envelope.h"

#include <QJsonObject>

#include <memory>

/// Redis and a database for the nodes of a test, and what a producer or an onlooker does there.
class CeleryGround
{
public:
    CeleryGround();
    ~CeleryGround();

    /// An empty Redis and a new database.
    void reset(const QString &dialect = QStringLiteral("sqlite"));

    /// As CeleryQueue wants it: on this Redis, results too, quick about everything that has time.
    quoin::celery::CeleryOptions options() const;
    QString databaseUrl() const { return m_databaseUrl; }

    /// LPUSHes a message; its id. Empty ids get one.
    QString push(quoin::celery::Outgoing message);
    /// Many, each with its id, in a few round trips.
    void push(const QList<quoin::celery::Outgoing> &messages);
    QString push(const QString &task, const QByteArray &args = "[]", const QByteArray &queue = "celery");

    /// The stored result of a task; empty if there is none.
    QJsonObject result(const QString &id) const;
    QString status(const QString &id) const;
    qint64 length(const QString &list) const;
    /// "unacked/unacked_index/owned", counted in one step: "0/0/0" is clean.
    QByteArray leftovers() const;
    /// Those that wait or are held, counted in one step: none is between two looks. -1 while Redis does not answer.
    qint64 messages() const;
    QByteArray redis(const QStringList &command) const { return server.cli(command); }
    /// The single value of a query, as text; null for NULL and for no row.
    QByteArray value(const QString &sql, const QVariantList &values = {}) const;
    void execute(const QString &sql, const QVariantList &values = {}) const;
    /// "state attempt" of a message's task.
    QByteArray state(const QString &id) const;

    quoin::test::RedisServer server;

private:
    QString m_databaseUrl;
    std::unique_ptr<quoin::database::SqlDatabase> m_database;
};

/// One process' worth of a node.
class NodeBench
{
public:
    NodeBench(const CeleryGround &ground, const TaskSet &taskSet, const quoin::celery::CeleryOptions &options);

    const TaskSet tasks;
    std::unique_ptr<quoin::database::SqlDatabase> database;
    quoin::celery::CeleryQueue queue;
};
