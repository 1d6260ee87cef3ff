// SPDX-License-Identifier: GPL-3.0-only
// What a crumb costs: enter and leave, in nanoseconds.
#include "supervisor/crumb.h"
#include "supervisor/hostmemory.h"
#include "supervisor/workermemory.h"

#include <QElapsedTimer>
#include <QTextStream>

using namespace quoin::supervisor;

namespace {

double nanosecondsEach(int module)
{
    constexpr int rounds = 20'000'000;
    QElapsedTimer timer;
    timer.start();
    for (int round = 0; round < rounds; ++round)
        const Crumb crumb(module, CrumbKind::Pool, std::chrono::seconds(30), quint64(round));
    return double(timer.nsecsElapsed()) / rounds;
}

} // namespace

int main()
{
    auto host = HostMemory::create();
    if (!host)
        qFatal("%s", qPrintable(host.error().message()));
    QTextStream out(stdout);
    out << "without memory  " << nanosecondsEach(0) << " ns\n";
    WorkerMemory memory(host->slot(0));
    const int module = memory.addModule(QStringLiteral("org.example.a"), {});
    out << "one             " << nanosecondsEach(module) << " ns\n";
    const Crumb outer(module, CrumbKind::Loop);
    out << "inside another  " << nanosecondsEach(module) << " ns\n";
    return 0;
}
