// SPDX-License-Identifier: GPL-3.0-only
#include "queue/pushwatch.h"

#include "queue/clock.h"
#include "trace/carried.h"

#include <QScopedValueRollback>

#include <memory>

namespace quoin::queue {

namespace {

thread_local bool *t_pushed = nullptr; // of the watched job that runs on this thread

/// Takes along what its maker works for.
class TracedJob : public abi::Job
{
public:
    explicit TracedJob(abi::Job *owned)
        : m_job(owned)
        , m_made(m_carried.isTimed() ? systemMicroseconds() : 0)
    {
    }

    bool run(abi::Connection *connection) override
    {
        const trace::Entered entered(m_carried.each());
        return m_job->run(connection);
    }

    void finish(const Error *error) override
    {
        if (m_made != 0)
            m_carried.addDatabaseTime(systemMicroseconds() - m_made);
        const trace::Entered entered(m_carried.each());
        m_job->finish(error);
    }

private:
    const std::unique_ptr<abi::Job> m_job;
    const trace::Carried m_carried = trace::Carried::ofThisThread();
    const qint64 m_made; ///< 0: nobody asks.
};

class WatchedJob final : public TracedJob
{
public:
    WatchedJob(abi::Job *owned, const std::function<void()> &committed)
        : TracedJob(owned)
        , m_committed(committed)
    {
    }

    bool run(abi::Connection *connection) override
    {
        m_pushed = false; // a repeated run may take another way
        const QScopedValueRollback watch(t_pushed, &m_pushed);
        return TracedJob::run(connection);
    }

    void finish(const Error *error) override
    {
        if (!error && m_pushed)
            m_committed(); // first: once the job has finished, whoever waited for it may end the watch
        TracedJob::finish(error);
    }

private:
    const std::function<void()> &m_committed; // of the PushWatch
    bool m_pushed = false;
};

} // namespace

PushWatch::PushWatch(abi::Database *database, std::function<void()> committed)
    : m_database(database)
    , m_committed(std::move(committed))
{
}

void PushWatch::write(abi::Job *owned) { m_database->write(new WatchedJob(owned, m_committed)); }

void PushWatch::read(abi::Job *owned) { m_database->read(trace::currentEach().empty() ? owned : new TracedJob(owned)); }

bool PushWatch::notePush()
{
    if (!t_pushed)
        return false;
    *t_pushed = true;
    return true;
}

} // namespace quoin::queue
