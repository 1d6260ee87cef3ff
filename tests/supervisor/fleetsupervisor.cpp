// SPDX-License-Identifier: GPL-3.0-only
// A supervisor to be killed: starts two workers, prints their process ids when they serve (or, given "hang", when they
// have started), and stays.
#include "supervisor/fleet.h"

#include <QCoreApplication>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace quoin::supervisor;

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QString how = QCoreApplication::arguments().value(1);
    auto memory = HostMemory::create();
    if (!memory)
        return 1;
    FleetOptions options;
    options.program = QStringLiteral(FLEET_WORKER);
    options.posts.web = how.isEmpty() ? 2 : 1;
    Fleet fleet(options, *memory);
    const auto print = [&fleet] {
        QByteArrayList pids;
        for (const auto &worker : fleet.workers())
            pids.append(QByteArray::number(worker.pid));
        std::puts(pids.join(' ').constData());
        std::fflush(stdout);
    };
    QObject::connect(&fleet, &Fleet::ready, &fleet, print);
    QTimer poll;
    QObject::connect(&poll, &QTimer::timeout, &fleet, [&] {
        // Its crumb says that it is in its start.
        if (fleet.workers().value(0).pid == 0 || memory->slot(0).crumbs[0].module.load() == 0)
            return;
        poll.stop();
        print();
    });
    if (!how.isEmpty())
        poll.start(5);
    fleet.roll({{u"start"_s, how}});
    return QCoreApplication::exec();
}
