// SPDX-License-Identifier: GPL-3.0-only
// What making packages costs with all there is to it, from the claim of a task to its settling:
// benchsips [tasks] [threads] [sqlite|postgresql]. Prints, asserts nothing. SQLite is durable, PostgreSQL is not here.
#include "sipbench.h"

#include "queue/databasequeue.h"
#include "queue/schema.h"

#include <QCoreApplication>
#include <QElapsedTimer>

#include <sys/resource.h>

using namespace Qt::StringLiterals;
using namespace quoin;

namespace {

double processorMicroseconds()
{
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    const auto micros = [](const timeval &time) {
        return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
    };
    return micros(usage.ru_utime) + micros(usage.ru_stime);
}

void storeTasks(TestDatabase &database, int count)
{
    QList<database::MigrationStep> steps;
    for (const Migration &migration : queue::migrations())
        steps += {migration.name, migration.sqlite, migration.postgresql};
    if (const auto done = database.database().migrate(steps); !done)
        qFatal("%s", qPrintable(done.error().message()));
    database.execute(
        u"INSERT INTO task (name, arguments, state, created) "
        "WITH RECURSIVE series (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM series WHERE value < %1) "
        "SELECT 'sip.make_sip', '[' || value || ',{\"year\": 820}]', 'ready', value FROM series"_s.arg(count));
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    const int count = arguments.value(1, u"10000"_s).toInt();
    const int threads = arguments.value(2, u"2"_s).toInt();
    sip::SipBench bench(arguments.value(3, u"sqlite"_s));
    storeTasks(bench.database(), count);
    if (const auto started = bench.start(); !started)
        qFatal("%s", qPrintable(started.error().message()));

    queue::TaskCatalogue catalogue;
    catalogue.add(u"sip.make_sip"_s, bench.kind(u"sip.make_sip"_s));
    queue::QueueOptions options;
    options.concurrency = threads;
    queue::DatabaseQueue queue(&bench.database().database(), catalogue, options);
    QElapsedTimer timer;
    timer.start();
    const double before = processorMicroseconds();
    queue.start();
    while (queue.counters().done < count)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    const double seconds = static_cast<double>(timer.nsecsElapsed()) / 1e9;
    qInfo("%d packages, %d threads: %.0f/s, %.1f us CPU each, %lld rows", count, threads, count / seconds,
          (processorMicroseconds() - before) / count, bench.database().integer(u"SELECT count(*) FROM sip"_s));
    return 0;
}
