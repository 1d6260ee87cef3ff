// SPDX-License-Identifier: GPL-3.0-only
#include "database/connectionthread.h"

#include "database/databaselog.h"

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
    , m_lane(purpose == Purpose::Read ? shared.reads : shared.writes)
{
}

ConnectionThread::~ConnectionThread() { join(); }

void ConnectionThread::start()
{
    m_thread = std::thread([this] {
        reconnect();
        m_shared.tried->count_down();
        run();
    });
}

void ConnectionThread::join()
{
    if (m_thread.joinable())
        m_thread.join();
}

void ConnectionThread::run()
{
    while (stayConnected() && !isDone()) {
        const JobList jobs = take();
        if (!jobs.empty())
            process(jobs);
        else if (!isDone())
            verify();
    }
    m_connection.close();
    setServing(false);
}

bool ConnectionThread::isDone() const { return m_lane.queue.isClosed() && m_lane.queue.size() == 0; }

/// Another thread could not connect: a connection that idles here may be dead as well, and nobody would know until its
/// next job.
void ConnectionThread::verify() { static_cast<void>(ping()); }

Result<> ConnectionThread::ping()
{
    if (const auto fault = m_connection.begin()) {
        abandon();
        return fault->error;
    }
    m_connection.rollback();
    return {};
}

bool ConnectionThread::stayConnected()
{
    auto delay = std::chrono::milliseconds(firstDelay);
    while (!m_connection.isOpen()) {
        const qint64 heals = m_shared.outage.heals();
        if (reconnect())
            break;
        waitFor(delay, heals);
        if (isDone())
            return false;
        delay = std::min(delay * 2, std::chrono::milliseconds(longestDelay));
    }
    return true;
}

bool ConnectionThread::reconnect()
{
    const qint64 heals = m_shared.outage.heals();
    const qint64 outages = m_shared.outage.count();
    auto opened = m_connection.open();
    if (opened && m_shared.outage.count() != outages)
        opened = ping(); // Another thread lost the server meanwhile: this may be a connection to the one that went.
    // A thread that connects anew counts as connected until it has failed: after a restart of the server all do so at
    // the same time.
    setServing(opened.has_value());
    if (opened) {
        if (m_shared.outage.healed())
            wakeAll(); // Who waits for the next attempt need not wait longer.
        return true;
    }
    qCDebug(databaseLog).noquote() << "connecting failed:" << opened.error().message();
    if (m_lane.connected == 0)
        m_shared.outage.lost(opened.error().message(), heals);
    wakeAll(); // See verify().
    return false;
}

void ConnectionThread::wakeAll()
{
    m_shared.reads.queue.wake();
    m_shared.writes.queue.wake();
}

void ConnectionThread::setServing(bool serving)
{
    if (std::exchange(m_serving, serving) != serving)
        m_lane.connected += serving ? 1 : -1;
}

void ConnectionThread::waitFor(std::chrono::milliseconds time, qint64 heals)
{
    const auto deadline = std::chrono::steady_clock::now() + time;
    do {
        auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (m_shared.outage.heals() != heals)
            left = 0ms; // Only to turn away what waits.
        if (m_lane.connected == 0)
            refuse(m_lane.queue.takeAll(std::max(left, 0ms)));
        else
            m_lane.queue.waitWithoutTaking(std::max(left, 0ms)); // What is queued is for those who are connected.
    } while (!m_lane.queue.isClosed() && m_shared.outage.heals() == heals
             && std::chrono::steady_clock::now() < deadline);
}

void ConnectionThread::refuse(const JobList &jobs)
{
    const Error away = Outage::error();
    meters::add(m_shared.meter.refused, jobs.size());
    finish(jobs, &away);
}

void ConnectionThread::finish(JobSpan jobs, const Error *error)
{
    for (const auto &job : jobs)
        job->finish(error);
}

} // namespace quoin::database
