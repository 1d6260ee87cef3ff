// SPDX-License-Identifier: GPL-3.0-only
#include "database/databasecounters.h"

#include <quoin/database.h>

#include <map>

#include <mutex>
#include <vector>

using namespace Qt::StringLiterals;

namespace quoin::database {

namespace {

using Receivers = std::vector<std::unique_ptr<abi::CountReceiver>>;

/// Those who wait for a number, by the counter's name. Sorted: two processes that take several row locks take them in
/// the same order.
using Waiting = std::map<QString, Receivers>;

Result<qint64> add(quoin::Connection &connection, const QString &counter, qint64 count)
{
    auto rows = connection.query(
        u"INSERT INTO counter (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value"_s,
        {counter, count});
    if (!rows)
        return rows.error();
    if (rows->next())
        return rows->integer(0);
    if (const auto stepped = rows->error(); !stepped)
        return stepped.error();
    return Error::internal(u"counter \"%1\": the database returned no value"_s.arg(counter));
}

} // namespace

/// What has been asked for and not been given to a write yet; at most one write is under way.
class DatabaseCounters::Gathering : public std::enable_shared_from_this<Gathering>
{
public:
    explicit Gathering(abi::Database &database)
        : m_database(database)
    {
    }

    void ask(const QString &counter, std::unique_ptr<abi::CountReceiver> receiver)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_waiting[counter].push_back(std::move(receiver));
            if (std::exchange(m_writing, true))
                return;
        }
        writeNext();
    }

    void writeNext();

private:
    abi::Database &m_database;
    std::mutex m_mutex;
    Waiting m_waiting;
    bool m_writing = false;
    class CountJob;
};

class DatabaseCounters::Gathering::CountJob final : public abi::Job
{
public:
    CountJob(std::shared_ptr<Gathering> gathering, Waiting waiting)
        : m_gathering(std::move(gathering))
        , m_waiting(std::move(waiting))
    {
    }

    bool run(abi::Connection *connection) override
    {
        quoin::Connection lent(connection);
        m_last.clear();
        for (const auto &[counter, receivers] : m_waiting) {
            const auto last = add(lent, counter, static_cast<qint64>(receivers.size()));
            if (!last) {
                return false;
            }
            m_last.push_back(*last);
        }
        return true;
    }

    void finish(const Error *error) override
    {
        // First the next write, so that it is in the next batch; then the numbers, while it waits.
        m_gathering->writeNext();
        if (error)
            fail(*error);
        else
            handOut();
    }

private:
    void handOut()
    {
        auto last = m_last.cbegin();
        for (const auto &[counter, receivers] : m_waiting) {
            qint64 value = *last++ - static_cast<qint64>(receivers.size());
            for (const auto &receiver : receivers)
                receiver->counted(++value);
        }
    }

    void fail(const Error &error)
    {
        for (const auto &[counter, receivers] : m_waiting) {
            for (const auto &receiver : receivers)
                receiver->failed(error);
        }
    }

    const std::shared_ptr<Gathering> m_gathering;
    const Waiting m_waiting;
    std::vector<qint64> m_last;
};

void DatabaseCounters::Gathering::writeNext()
{
    Waiting taken;
    {
        const std::lock_guard lock(m_mutex);
        taken.swap(m_waiting);
        m_writing = !taken.empty();
    }
    if (!taken.empty())
        m_database.write(new CountJob(shared_from_this(), std::move(taken)));
}

DatabaseCounters::DatabaseCounters(abi::Database &database)
    : m_gathering(std::make_shared<Gathering>(database))
{
}

DatabaseCounters::~DatabaseCounters() = default;

MigrationStep DatabaseCounters::migration()
{
    const QString statement = u"CREATE TABLE counter (name TEXT PRIMARY KEY, value BIGINT NOT NULL)"_s;
    return {u"quoin/0001-counter"_s, {statement}, {statement}};
}

void DatabaseCounters::increment(const QString &counter, abi::CountReceiver *owned)
{
    m_gathering->ask(counter, std::unique_ptr<abi::CountReceiver>(owned));
}

} // namespace quoin::database
