// SPDX-License-Identifier: GPL-3.0-only
#include "database/sqldatabase.h"

#include "database/readthread.h"
#include "database/writethread.h"

#include <quoin/database.h>

using namespace Qt::StringLiterals;

namespace quoin::database {

namespace {

int chosen(int wanted, int otherwise) { return wanted > 0 ? wanted : otherwise; }

Error refusal(const JobQueue &queue)
{
    if (queue.isClosed())
        return Error::unavailable(u"the database is closed; nothing was stored"_s);
    return Error::unavailable(
        u"the database is busy: %1 jobs wait already; nothing was stored; try again in a moment"_s.arg(queue.size()));
}

/// Tells a waiting thread that a read got through. The thread may have left by then.
class Answer
{
public:
    void set(Result<> result)
    {
        const std::lock_guard lock(m_mutex);
        m_result = std::move(result);
        m_changed.notify_all();
    }

    std::optional<Result<>> wait(std::chrono::milliseconds patience)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, patience, [this] { return m_result.has_value(); });
        return m_result;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::optional<Result<>> m_result;
};

class CheckJob final : public abi::Job
{
public:
    explicit CheckJob(std::shared_ptr<Answer> answer) // Shared, because the one who asked may stop waiting.
        : m_answer(std::move(answer))
    {
    }

    bool run(abi::Connection *connection) override
    {
        // SQLite answers SELECT 1 without a look at its file.
        const bool isSqlite = connection->dialect() == Dialect::Sqlite;
        auto rows = quoin::Connection(connection)
                        .query(isSqlite ? u"SELECT count(*) FROM sqlite_master"_s : u"SELECT 1"_s);
        return rows && rows->next();
    }

    void finish(const Error *error) override { m_answer->set(error ? Result<>(*error) : Result<>()); }

private:
    std::shared_ptr<Answer> m_answer;
};

} // namespace

SqlDatabase::SqlDatabase(const DatabaseUrl &url, const DatabaseOptions &options, meters::DatabaseMeter *meter)
    : m_shared(std::make_unique<Shared>(url, options, meter))
{
}

SqlDatabase::~SqlDatabase() { close(); }

Result<> SqlDatabase::open()
{
    SqlConnection first(url(), Purpose::Write, m_shared->options);
    if (auto opened = first.open(); !opened)
        return opened;
    if (const auto fault = first.begin())
        return fault->error;
    first.rollback();

    const bool isSqlite = dialect() == Dialect::Sqlite;
    if (isSqlite)
        m_file = FileIdentity::of(url().path());
    const int writers = isSqlite ? 1 : chosen(m_shared->options.writers, 4);
    const int readers = chosen(m_shared->options.readers, isSqlite ? 2 : 4);
    for (int i = 0; i < writers; ++i)
        m_threads.push_back(std::make_unique<WriteThread>(*m_shared));
    for (int i = 0; i < readers; ++i)
        m_threads.push_back(std::make_unique<ReadThread>(*m_shared, static_cast<std::size_t>(readers)));
    // Once all have tried, the first job finds a connection, and a restart of the server meets no half-open ones.
    m_shared->tried.emplace(static_cast<std::ptrdiff_t>(m_threads.size()));
    for (const auto &thread : m_threads)
        thread->start();
    m_shared->tried->wait();
    return {};
}

void SqlDatabase::close()
{
    m_shared->reads.queue.close();
    m_shared->writes.queue.close();
    m_threads.clear();
}

Result<> SqlDatabase::migrate(const QList<MigrationStep> &steps)
{
    return runMigrations(url(), m_shared->options, steps);
}

Result<> SqlDatabase::check()
{
    if (auto same = checkFile(); !same)
        return same;
    const auto answer = std::make_shared<Answer>();
    read(new CheckJob(answer));
    const auto patience = m_shared->options.checkTimeout;
    return answer->wait(patience).value_or(
        Error::unavailable(u"the database did not answer within %1 ms"_s.arg(patience.count())));
}

Result<> SqlDatabase::checkFile() const
{
    if (!m_file || FileIdentity::of(url().path()) == m_file)
        return {};
    return Error::unavailable(
        u"the database file %1 was removed or replaced while it is in use: what is stored now will be lost; "
        "put it back or restart"_s.arg(url().path()));
}

DatabaseFigures SqlDatabase::figures() const
{
    const Shared &shared = *m_shared;
    return {
        .readsWaiting = static_cast<qint64>(shared.reads.queue.size()),
        .writesWaiting = static_cast<qint64>(shared.writes.queue.size()),
        .reads = shared.readsDone,
        .writes = shared.writesDone,
        .batches = shared.batches,
        .largestBatch = shared.largestBatch,
        .failures = static_cast<qint64>(shared.meter.failures.load()),
        .refused = static_cast<qint64>(shared.meter.refused.load()),
        .outages = shared.outage.count(),
        .away = shared.outage.isAway(),
    };
}

const DatabaseUrl &SqlDatabase::url() const { return m_shared->url; }

Dialect SqlDatabase::dialect() const { return m_shared->url.dialect(); }

void SqlDatabase::read(abi::Job *owned) { post(std::unique_ptr<abi::Job>(owned), m_shared->reads); }

void SqlDatabase::write(abi::Job *owned) { post(std::unique_ptr<abi::Job>(owned), m_shared->writes); }

void SqlDatabase::post(std::unique_ptr<abi::Job> job, Lane &lane)
{
    const bool isServed = lane.connected > 0;
    if (isServed && lane.queue.push(job))
        return;
    meters::add(m_shared->meter.refused);
    const Error error = isServed || lane.queue.isClosed() ? refusal(lane.queue) : Outage::error();
    job->finish(&error);
}

} // namespace quoin::database
