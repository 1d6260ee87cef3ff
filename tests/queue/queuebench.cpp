// SPDX-License-Identifier: GPL-3.0-only
#include "queuebench.h"

#include "queue/schema.h"
#include "testground.h"

using namespace quoin;

std::unique_ptr<database::SqlDatabase> openDatabase(const QString &url)
{
    const auto parsed = database::DatabaseUrl::parse(TestGround::databaseUrl(url));
    if (!parsed)
        qFatal("%s", qPrintable(parsed.error().message()));
    auto opened = std::make_unique<database::SqlDatabase>(*parsed);
    if (const auto done = opened->open(); !done)
        qFatal("%s", qPrintable(done.error().message()));
    QList<database::MigrationStep> steps;
    for (const Migration &migration : queue::migrations())
        steps += {migration.name, migration.sqlite, migration.postgresql};
    if (const auto done = opened->migrate(steps); !done)
        qFatal("%s", qPrintable(done.error().message()));
    return opened;
}

QueueBench::QueueBench(const QString &url, const TaskSet &taskSet, queue::QueueOptions options)
    : tasks(taskSet)
    , database(openDatabase(url))
    , made(makeQueue(url, database.get(), tasks.catalogue(), options))
    , queue(*made.queue)
    , watch(database.get(), made.pushed)
    , outbox(tasks.catalogue(), made.pushed, {.clock = options.clock ? options.clock : queue::systemMicroseconds})
    , subscriptions(&outbox)
    , admin(&watch)
{
}

qint64 QueueBench::push(const QString &task, const QByteArray &arguments, const PushOptions &options)
{
    const auto id = write(
        [=, this](Connection &connection) { return Tasks(&outbox).push(connection, task, arguments, options); });
    if (!id)
        qWarning("push: %s", qPrintable(id.error().message()));
    return id ? *id : -1;
}

QByteArray QueueBench::value(const QString &sql, const QVariantList &values)
{
    const auto result = Database(database.get())
                            .read([=](Connection &connection) -> Result<QByteArray> {
                                auto rows = connection.query(sql, values);
                                if (!rows)
                                    return rows.error();
                                return rows->next() ? rows->text(0) : QByteArray();
                            })
                            .result();
    if (!result)
        qWarning("query: %s", qPrintable(result.error().message()));
    return result ? *result : QByteArray("?");
}

QByteArray QueueBench::state(qint64 id)
{
    return value(QStringLiteral("SELECT state || ' ' || attempt FROM task WHERE id = ?"), {id});
}

void QueueBench::execute(const QString &sql, const QVariantList &values)
{
    const auto done = write([=](Connection &connection) { return connection.execute(sql, values); });
    if (!done)
        qFatal("execute: %s", qPrintable(done.error().message()));
}
