// SPDX-License-Identifier: GPL-3.0-only
#include "queue/queuepause.h"

#include "queue/pushwatch.h"
#include "queue/rows.h"

namespace quoin::queue {

using namespace Qt::StringLiterals;

namespace {

struct NameCount
{
    QString name;
    qint64 count = 0;
    qint64 oldest = 0;
};

Result<QList<NameCount>> countNames(Connection &connection, const QString &state)
{
    // The oldest of the ready ones is in the index.
    const QString oldest = state == u"ready"_s ? u"min(created)"_s : u"0"_s;
    return eachRow(connection,
                   u"SELECT name, count(*), %1 FROM task WHERE state = '%2' GROUP BY name"_s.arg(oldest, state), {},
                   [](const Rows &row) {
                       return NameCount{QString::fromUtf8(row.text(0)), row.integer(1), row.integer(2)};
                   });
}

} // namespace

Result<> pauseQueue(Connection &connection, const QString &name, qint64 now)
{
    const auto paused = connection.execute(
        u"INSERT INTO queue_pause (name, since) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"_s, {name, now});
    return paused ? Result<>() : paused.error();
}

Result<> resumeQueue(Connection &connection, const QString &name)
{
    const auto resumed = connection.execute(u"DELETE FROM queue_pause WHERE name = ?"_s, {name});
    if (!resumed)
        return resumed.error();
    PushWatch::notePush();
    return {};
}

Result<QHash<QString, qint64>> pausedQueues(Connection &connection)
{
    const auto rows = eachRow(connection, u"SELECT name, since FROM queue_pause"_s, {}, [](const Rows &row) {
        return qMakePair(QString::fromUtf8(row.text(0)), row.integer(1));
    });
    if (!rows)
        return rows.error();
    QHash<QString, qint64> paused;
    for (const auto &[name, since] : *rows)
        paused.insert(name, since);
    return paused;
}

Result<QHash<QString, QueueDepth>> queueDepths(Connection &connection)
{
    static const QList<QPair<QString, qint64 QueueDepth::*>> states{{u"ready"_s, &QueueDepth::ready},
                                                                    {u"scheduled"_s, &QueueDepth::scheduled},
                                                                    {u"sent"_s, &QueueDepth::sent},
                                                                    {u"running"_s, &QueueDepth::running},
                                                                    {u"dead"_s, &QueueDepth::dead}};
    QHash<QString, QueueDepth> depths;
    for (const auto &[state, member] : states) {
        const auto counted = countNames(connection, state);
        if (!counted)
            return counted.error();
        for (const NameCount &row : *counted) {
            depths[row.name].*member = row.count;
            if (row.oldest > 0)
                depths[row.name].oldestReady = row.oldest;
        }
    }
    return depths;
}

} // namespace quoin::queue
