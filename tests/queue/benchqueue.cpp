// SPDX-License-Identifier: GPL-3.0-only
// Prints what the queue can do: benchqueue [postgresql]. Without an argument on SQLite. Both are durable, in a
// temporary folder.
#include "queuebench.h"

#include "../support/postgresserver.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QSemaphore>
#include <QTemporaryDir>
#include <QTimer>

#include <sys/resource.h>

using namespace quoin;
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

/// Each push in a transaction of its own, 32 at a time, as requests come.
void pushAll(QueueBench &bench, int pushes)
{
    static QSemaphore places; // outlives its last release()
    places.release(32);
    for (int i = 0; i < pushes; ++i) {
        places.acquire();
        Database(&bench.watch)
            .write([&bench, i](Connection &connection) {
                return Tasks(&bench.outbox)
                    .push(connection, u"t.nothing"_s, jsonArray(i, u"a record of ordinary size, more or less"_s));
            })
            .then([](const Result<qint64> &) { places.release(); });
    }
    places.acquire(32);
}

void waitForDone(QueueBench &bench, qint64 done)
{
    while (bench.queue.counters().done < done)
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
    QString url = u"sqlite:///"_s + folder.filePath(u"bench.db"_s);
    if (app.arguments().value(1) == u"postgresql"_s) {
        if (!server.start(PostgresServer::Listen::Socket, PostgresServer::Durable::Yes)
            || !server.createDatabase(u"bench"_s))
            qFatal("PostgreSQL does not start: %s", server.log().constData());
        url = server.url(u"bench"_s);
    }
    TaskSet tasks;
    tasks.add(u"t.nothing"_s, [](const TaskRun &, const JsonText &, const QString &) -> Result<> { return {}; });
    QueueBench bench(url, tasks);

    QElapsedTimer timer;
    timer.start();
    pushAll(bench, count);
    report("push, one transaction each, 32 at a time", count, timer);

    timer.restart();
    bench.queue.start();
    waitForDone(bench, count);
    report("drain a long queue, 2 task threads", count, timer);

    timer.restart();
    for (int i = 1; i <= 500; ++i) {
        bench.push(u"t.nothing"_s, "[1,\"\"]");
        waitForDone(bench, count + i);
    }
    report("push and run, one after the other", 500, timer);

    timer.restart();
    pushAll(bench, count);
    report("push while two threads run", count, timer);
    waitForDone(bench, 2 * count + 500);
    report("the same until all are done", count, timer);

    bench.execute(
        u"INSERT INTO task (name, arguments, state, created, finished) WITH RECURSIVE series (value) AS (SELECT 1 "
        u"UNION ALL "
        "SELECT value + 1 FROM series WHERE value < 1000000) SELECT 't.nothing', '[1,\"\"]', 'done', value, value FROM series"_s);
    timer.restart();
    for (int i = 1; i <= 500; ++i) {
        bench.push(u"t.nothing"_s, "[1,\"\"]");
        waitForDone(bench, 2 * count + 500 + i);
    }
    report("push and run, beside a million done rows", 500, timer);

    const double before = processorSeconds();
    QTimer::singleShot(5s, &app, &QCoreApplication::quit);
    app.exec();
    qInfo("%-52s %8.3f %%", "processor time while idle", (processorSeconds() - before) / 5 * 100);
    return 0;
}
