// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/node.h"

/// A node that runs nothing: what it shows is set by the test, what it is told is kept.
class TestNode final : public quoin::celery::Node
{
public:
    QString name() const override { return nodeName; }
    quoin::celery::NodeFigures figures() const override { return nodeFigures; }
    QList<quoin::celery::TaskView> active() const override { return activeTasks; }
    QList<quoin::celery::TaskView> reserved() const override { return reservedTasks; }
    void scheduled(int most, Scheduled answer) const override
    {
        lastMost = most;
        if (mayAnswer)
            answer(scheduledTasks);
        else
            pending = std::move(answer);
    }
    QStringList registered() const override { return names; }
    QByteArrayList queues() const override { return queueNames; }
    quoin::Result<> addQueue(const QByteArray &queue) override
    {
        if (queue.isEmpty())
            return quoin::Error::invalid(QStringLiteral("a queue has a name"));
        if (!queueNames.contains(queue))
            queueNames += queue;
        return {};
    }
    quoin::Result<> cancelQueue(const QByteArray &queue) override
    {
        queueNames.removeAll(queue);
        return {};
    }
    QHash<QString, qint64> revoked() const override { return revokedIds; }
    void revoke(const QHash<QString, qint64> &ids) override { revokedIds.insert(ids); }
    QStringList terminate(const QStringList &ids) override
    {
        QStringList known;
        for (const auto &task : activeTasks) {
            if (ids.contains(task.id))
                known += task.id;
        }
        terminated += known;
        return known;
    }
    quoin::Result<> grow(int by) override
    {
        if (nodeFigures.concurrency + by < 1)
            return quoin::Error::invalid(QStringLiteral("a pool has at least one thread"));
        nodeFigures.concurrency += by;
        return {};
    }
    quoin::Result<> setTimeLimits(const QString &task, std::optional<std::chrono::milliseconds> hard,
                                  std::optional<std::chrono::milliseconds> soft) override
    {
        if (!names.contains(task))
            return quoin::Error::notFound(QStringLiteral("unknown task"));
        hardLimit = hard;
        softLimit = soft;
        return {};
    }
    QJsonObject configuration() const override { return settings; }
    void shutDown() override { ++shutDowns; }

    QString nodeName = QStringLiteral("quoin@testhost");
    quoin::celery::NodeFigures nodeFigures{.concurrency = 2, .prefetch = 8, .active = 0, .processed = 0, .total = {}};
    QList<quoin::celery::TaskView> activeTasks;
    QList<quoin::celery::TaskView> reservedTasks;
    QList<quoin::celery::TaskView> scheduledTasks;
    QStringList names{QStringLiteral("sip.make_sip"), QStringLiteral("app.make_sip")};
    QByteArrayList queueNames{"celery", "quoin"};
    QHash<QString, qint64> revokedIds;
    QStringList terminated;
    std::optional<std::chrono::milliseconds> hardLimit;
    std::optional<std::chrono::milliseconds> softLimit;
    QJsonObject settings;
    int shutDowns = 0;
    bool mayAnswer = true; ///< False: what is scheduled is asked for and never told.
    mutable Scheduled pending;
    mutable int lastMost = 0;
};
