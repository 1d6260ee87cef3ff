// SPDX-License-Identifier: GPL-3.0-only
// What a package costs: benchpackages [packages] [bytes of the record] [threads]. Prints, asserts nothing.
#include "bagit/package.h"
#include "bagit/seal.h"
#include "bagit/verify.h"
#include "bagit/zipfile.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTextStream>
#include <QThreadPool>
#include <QtConcurrent>

#include <ctime>

using namespace quoin::bagit;

namespace {

double cpuMicroseconds()
{
    timespec time;
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e6 + double(time.tv_nsec) / 1e3;
}

Package packageOf(int record, const QByteArray &data)
{
    const Time time{std::chrono::microseconds(1'795'456'081'000'000 + record)};
    return {QByteArray::number(record) + '_' + basicTime(time),
            {{"data/record.json", data}},
            {{"Bagging-Date", "2026-11-23"}, {"External-Identifier", QByteArray::number(record)}},
            time};
}

template <class F>
void measure(const char *name, int count, int threads, F step, int packagesEach = 1)
{
    QThreadPool pool;
    pool.setMaxThreadCount(threads);
    QElapsedTimer wall;
    wall.start();
    const double cpu = cpuMicroseconds();
    QList<QFuture<void>> runs;
    for (int t = 0; t < threads; ++t)
        runs.append(QtConcurrent::run(&pool, [=] {
            for (int i = t; i < count; i += threads)
                step(i);
        }));
    for (auto &run : runs)
        run.waitForFinished();
    const double microseconds = double(wall.nsecsElapsed()) / 1e3;
    count *= packagesEach;
    QTextStream(stdout) << QStringLiteral("%1 %2 us CPU, %3 us wall each, %4/s\n")
                               .arg(QLatin1StringView(name), -28)
                               .arg((cpuMicroseconds() - cpu) / count, 7, 'f', 1)
                               .arg(microseconds / count, 7, 'f', 1)
                               .arg(count * 1e6 / microseconds, 0, 'f', 0);
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    const int count = arguments.value(1, QStringLiteral("2000")).toInt();
    const QByteArray data = "{\"a\":\"" + QByteArray(arguments.value(2, QStringLiteral("100")).toInt(), 'x') + "\"}";
    const int threads = arguments.value(3, QStringLiteral("1")).toInt();
    const QTemporaryDir folder(QStringLiteral("benchpackages-XXXXXX"));

    measure("bag in memory", count, threads,
            [&](int i) { (void)makeBag(packageOf(i, data).payload, packageOf(i, data).info); });
    measure("zip in memory, sealed", count, threads, [&](int i) {
        const Package package = packageOf(i, data);
        (void)sealed(*zipOf(package.name, makeBag(package.payload, package.info), package.time));
    });
    measure("stored, synced and verified", count, threads, [&](int i) {
        if (const auto stored = storePackage(folder.path(), packageOf(i, data)); !stored)
            qFatal("%s", qPrintable(stored.error().message()));
    });
    constexpr int batch = 64;
    measure(
        "stored, in batches of 64", count / batch, threads,
        [&](int i) {
            QList<Package> packages;
            for (int n = 0; n < batch; ++n)
                packages += packageOf(count + i * batch + n, data);
            for (const auto &stored : storePackages(folder.path(), packages)) {
                if (!stored)
                    qFatal("%s", qPrintable(stored.error().message()));
            }
        },
        batch);
    measure("verified again", count, threads, [&](int i) {
        if (!verify(folder.filePath(QString::fromLatin1(packageOf(i, data).name)) + QStringLiteral(".zip")).isValid())
            qFatal("not valid");
    });
}
