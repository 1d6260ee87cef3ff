// SPDX-License-Identifier: GPL-3.0-only
#include "database/connectionthread.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace quoin::database {

namespace {

constexpr auto firstDelay = 50ms;
constexpr auto longestDelay = 1000ms;

} // namespace

ConnectionThread::ConnectionThread(Shared &shared, Purpose purpose)
    : m_shared(shared)
    , m_connection(shared.url, purpose, shared.options)
    , m_queue(purpose == Purpose::Read ? shared.reads : shared.writes)
{
}

ConnectionThread::~ConnectionThread()
{
    join();
}

void ConnectionThread::start()
{
    m_thread = std::thread([this] { run(); });
}

void ConnectionThread::join()
{
    if (m_thread.joinable())
        m_thread.join();
}

void ConnectionThread::run()
{
    while (stayConnected()) {
        const JobList jobs = take();
        if (jobs.empty())
            break;
        process(jobs);
    }
    m_connection.close();
}

bool ConnectionThread::stayConnected()
{
    auto delay = std::chrono::milliseconds(firstDelay);
    while (!m_connection.isOpen()) {
        if (reconnect())
            return true;
        refuseFor(delay);
        if (m_queue.isClosed() && m_queue.size() == 0)
            return false;
        delay = std::min(delay * 2, std::chrono::milliseconds(longestDelay));
    }
    return true;
}

bool ConnectionThread::reconnect()
{
    const auto opened = m_connection.open();
    if (opened)
        m_shared.outage.healed();
    else
        m_shared.outage.lost(opened.error().message());
    return opened.has_value();
}

void ConnectionThread::refuseFor(std::chrono::milliseconds time)
{
    const auto deadline = std::chrono::steady_clock::now() + time;
    const Error away = Outage::error();
    do {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        const JobList jobs = m_queue.takeAll(std::max(left, 0ms));
        m_shared.refused += static_cast<qint64>(jobs.size());
        finish(jobs, &away);
    } while (!m_queue.isClosed() && std::chrono::steady_clock::now() < deadline);
}

void ConnectionThread::finish(JobSpan jobs, const Error *error)
{
    for (const auto &job : jobs)
        job->finish(error);
}

} // namespace quoin::database
