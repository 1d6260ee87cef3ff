// SPDX-License-Identifier: GPL-3.0-only
// How fast commands and counters go, on a Redis of its own: benchredis [SECONDS]
#include "redis/connection.h"
#include "redis/counters.h"
#include "support/redisserver.h"

#include <QCoreApplication>
#include <QElapsedTimer>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <ctime>
#include <functional>
#include <vector>

using namespace Qt::StringLiterals;
using quoin::Result;
using quoin::redis::Connection;
using quoin::redis::Counters;
using quoin::redis::Reply;
using quoin::redis::Url;
using quoin::test::RedisServer;

namespace {

double processorSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Keeps a number of operations under way for some seconds, and prints how many ended and how long they took.
class Race
{
public:
    Race(const char *name, int underWay, double seconds)
        : m_name(name)
        , m_underWay(underWay)
        , m_nanoseconds(static_cast<qint64>(seconds * 1e9))
    {
    }

    /// operation starts one and calls what it is given at its end.
    void run(const std::function<void(std::function<void()>)> &operation)
    {
        m_clock.start();
        const double processor = processorSeconds();
        for (int i = 0; i < m_underWay; ++i)
            start(operation);
        while (m_running > 0)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        const double elapsed = static_cast<double>(m_clock.nsecsElapsed()) * 1e-9;
        const double used = processorSeconds() - processor;
        std::sort(m_times.begin(), m_times.end());
        const auto count = static_cast<double>(m_times.size());
        std::printf("%-34s %4d under way: %8.0f /s, %5.2f us of processor each, p50 %6.0f us, p99 %6.0f us\n", m_name,
                    m_underWay, count / elapsed, used / count * 1e6, at(0.50), at(0.99));
        std::fflush(stdout);
    }

private:
    void start(const std::function<void(std::function<void()>)> &operation)
    {
        ++m_running;
        const qint64 begun = m_clock.nsecsElapsed();
        operation([this, begun, &operation] {
            m_times.push_back(m_clock.nsecsElapsed() - begun);
            --m_running;
            if (m_clock.nsecsElapsed() < m_nanoseconds)
                start(operation);
        });
    }

    double at(double part) const
    {
        return static_cast<double>(m_times[static_cast<std::size_t>(part * static_cast<double>(m_times.size() - 1))])
            * 1e-3;
    }

    const char *m_name;
    const int m_underWay;
    const qint64 m_nanoseconds;
    QElapsedTimer m_clock;
    int m_running = 0;
    std::vector<qint64> m_times;
};

class Visitor final : public quoin::abi::CountReceiver
{
public:
    explicit Visitor(std::function<void()> done)
        : m_done(std::move(done))
    {
    }
    void counted(qint64) override { m_done(); }
    void failed(const quoin::Error &error) override { qFatal("%s", qPrintable(error.message())); }

private:
    std::function<void()> m_done;
};

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const double seconds = argc > 1 ? std::atof(argv[1]) : 2;
    RedisServer server;
    if (!server.start({u"--appendonly"_s, u"no"_s}))
        qFatal("%s", server.log().constData());

    Connection connection(*Url::parse(server.url()), {.purpose = u"bench"_s});
    connection.open();
    while (!connection.isOpen())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    Counters counters(*Url::parse(server.url()));
    for (const int underWay : {1, 32, 256, 2000}) {
        Race("Connection::send INCR", underWay, seconds).run([&connection](std::function<void()> done) {
            connection.send({"INCR", "hits"}, [done = std::move(done)](const Result<Reply> &) { done(); });
        });
        Race("Counters::increment", underWay, seconds).run([&counters](std::function<void()> done) {
            counters.increment(u"hits"_s, new Visitor(std::move(done)));
        });
    }
    return 0;
}
