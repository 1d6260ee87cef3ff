// SPDX-License-Identifier: GPL-3.0-only
#include "queue/pushwatch.h"

#include <QScopedValueRollback>

#include <memory>

namespace quoin::queue {

namespace {

thread_local bool *t_pushed = nullptr; // of the watched job that runs on this thread

class WatchedJob final : public abi::Job
{
public:
    WatchedJob(abi::Job *owned, const std::function<void()> &committed)
        : m_job(owned)
        , m_committed(committed)
    {
    }

    bool run(abi::Connection *connection) override
    {
        m_pushed = false; // a repeated run may take another way
        const QScopedValueRollback watch(t_pushed, &m_pushed);
        return m_job->run(connection);
    }

    void finish(const Error *error) override
    {
        if (!error && m_pushed)
            m_committed(); // first: once the job has finished, whoever waited for it may end the watch
        m_job->finish(error);
    }

private:
    std::unique_ptr<abi::Job> m_job;
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

bool PushWatch::notePush()
{
    if (!t_pushed)
        return false;
    *t_pushed = true;
    return true;
}

} // namespace quoin::queue
