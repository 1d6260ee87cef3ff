// SPDX-License-Identifier: GPL-3.0-only
// benchfleet [workers]: how fast generations change, the dead are replaced and connections find their worker. Prints;
// asserts nothing.
#include "fleetground.h"

#include <QCoreApplication>
#include <QElapsedTimer>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;
using namespace quoin::supervisor;
using namespace quoin::test;

namespace {

void print(const char *what, std::vector<double> values, const char *unit)
{
    std::sort(values.begin(), values.end());
    std::printf("%-52s median %8.2f  worst %8.2f %s\n", what, values[values.size() / 2], values.back(), unit);
}

/// Unlike await() it does not sleep between looks.
template <class Condition>
void await(Condition condition)
{
    while (!condition())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
}

double milliseconds(const QElapsedTimer &clock) { return static_cast<double>(clock.nsecsElapsed()) / 1e6; }

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    qputenv("QT_LOGGING_RULES", "quoin.*=false");
    auto options = FleetGround::usual();
    options.posts.web = argc > 1 ? std::max(1, std::atoi(argv[1])) : 2;
    FleetGround ground(options);
    QElapsedTimer clock;

    std::vector<double> rolls;
    for (int i = 0; i < 20; ++i) {
        clock.start();
        const quint64 generation = ground.fleet.roll({});
        await([&] { return ground.fleet.generation() == generation; });
        rolls.push_back(milliseconds(clock));
    }
    print("roll() to a generation that serves", rolls, "ms");

    std::vector<double> deaths;
    for (int i = 0; i < 20; ++i) {
        const auto workers = ground.fleet.workers();
        clock.start();
        ::kill(static_cast<pid_t>(workers.last().pid), SIGKILL);
        await([&] {
            const auto now = ground.fleet.workers();
            return now.size() == options.posts.web && std::all_of(now.begin(), now.end(), [&](const auto &worker) {
                       return worker.phase == WorkerPhase::Ready && worker.pid != workers.last().pid;
                   });
        });
        deaths.push_back(milliseconds(clock));
    }
    print("SIGKILL to the next one ready", deaths, "ms");

    std::vector<double> rates;
    for (int round = 0; round < 5; ++round) {
        constexpr int count = 400;
        std::vector<std::unique_ptr<LineClient>> clients;
        clock.start();
        for (int i = 0; i < count; ++i) {
            clients.push_back(std::make_unique<LineClient>(ground.fleet));
            clients.back()->ask("who");
        }
        await([&] { return std::all_of(clients.begin(), clients.end(), [](auto &c) { return c->count() == 1; }); });
        rates.push_back(count / milliseconds(clock) * 1000);
    }
    print("new connections, offered and answered", rates, "/s");
    return 0;
}
