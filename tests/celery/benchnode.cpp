// SPDX-License-Identifier: GPL-3.0-only
// Prints what a node can do: benchnode [postgresql] [threads]. Without an argument on SQLite. Redis keeps its data in
// memory; the database is durable, in a temporary folder.
#include "nodebench.h"

#include "../support/postgresserver.h"
#include "redis/connection.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>

#include <sys/resource.h>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int count = 50'000;

double processorSeconds()
{
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval &time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// A connection whose answers are waited for.
class Producer
{
public:
    explicit Producer(const QString &url)
        : m_connection(*redis::Url::parse(url))
    {
        m_connection.open();
        while (!m_connection.isOpen())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    void push(const QByteArray &key, const QByteArrayList &texts)
    {
        bool done = false;
        m_connection.send(QByteArrayList{"LPUSH", key} + texts, [&done](const Result<redis::Reply> &) { done = true; });
        while (!done)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }

private:
    redis::Connection m_connection;
};

QByteArray message(int number)
{
    Outgoing message;
    message.id = u"bench-%1"_s.arg(number);
    message.task = u"t.nothing"_s;
    message.args = jsonArray(number, u"a record of ordinary size, more or less"_s);
    message.queue = "celery";
    return publication(message)->envelope;
}

void pushMany(Producer &producer, int from)
{
    for (int i = 0; i < count; i += 500) {
        QByteArrayList texts;
        for (int j = i; j < i + 500; ++j)
            texts += message(from + j);
        producer.push("celery", texts);
    }
}

void waitForDone(const CeleryQueue &queue, qint64 done)
{
    while (queue.counters().done < done || queue.counters().held > 0)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
}

void report(const char *what, int tasks, const QElapsedTimer &timer)
{
    qInfo("%-52s %8.0f/s", what, tasks * 1e9 / static_cast<double>(timer.nsecsElapsed()));
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QTemporaryDir folder;
    PostgresServer server;
    test::RedisServer redis;
    if (!redis.start())
        qFatal("Redis does not start: %s", redis.log().constData());
    QString url = u"sqlite:///"_s + folder.filePath(u"bench.db"_s);
    if (app.arguments().contains(u"postgresql"_s)) {
        if (!server.start(PostgresServer::Listen::Socket, PostgresServer::Durable::Yes)
            || !server.createDatabase(u"bench"_s))
            qFatal("PostgreSQL does not start: %s", server.log().constData());
        url = server.url(u"bench"_s);
    }
    QElapsedTimer latency;
    std::atomic<qint64> begun = 0;
    TaskSet tasks;
    tasks.add(u"t.nothing"_s, [&](const TaskRun &, const JsonText &, const QString &) -> Result<> {
        begun = latency.nsecsElapsed();
        return {};
    });
    CeleryOptions options;
    options.broker = *redis::Url::parse(redis.url());
    options.results = options.broker;
    options.concurrency = std::max(app.arguments().last().toInt(), 2);
    const auto database = openDatabase(url);
    CeleryQueue queue(database.get(), tasks.catalogue(), options);
    Producer producer(redis.url());
    latency.start();

    QElapsedTimer timer;
    pushMany(producer, 0);
    const double before = processorSeconds();
    timer.start();
    queue.start();
    waitForDone(queue, count);
    report("drain a long queue", count, timer);
    qInfo("%-52s %8.1f us", "processor time for each, of ours", (processorSeconds() - before) * 1e6 / count);

    QList<double> waits;
    for (int i = 0; i < 500; ++i) {
        const qint64 pushed = latency.nsecsElapsed();
        producer.push("celery", {message(count + i)});
        waitForDone(queue, count + i + 1);
        waits += static_cast<double>(begun - pushed) / 1e6;
        QTimer::singleShot(2ms, &app, [] {});
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    std::ranges::sort(waits);
    qInfo("%-52s p50 %.2f p99 %.2f ms", "from LPUSH to the run's begin, idle", waits[250], waits[495]);

    const double idle = processorSeconds();
    QTimer::singleShot(5s, &app, &QCoreApplication::quit);
    app.exec();
    qInfo("%-52s %8.3f %%", "processor time while idle", (processorSeconds() - idle) / 5 * 100);
    return 0;
}
