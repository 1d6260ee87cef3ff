// SPDX-License-Identifier: MIT
#pragma once

#include <quoin/abi.h>
#include <quoin/future.h>
#include <quoin/result.h>

#include <memory>
#include <optional>
#include <type_traits>

namespace quoin {

/// The rows of one statement, forward only. Lives no longer than the job that made it; on the job's thread.
class Rows
{
public:
    explicit Rows(abi::Cursor *cursor)
        : m_cursor(cursor)
    {
    }

    /// Steps to the next row. False at the end, and on failure: check error() where that matters.
    bool next() { return m_cursor->next(); }

    bool isNull(int column) const { return m_cursor->isNull(column); }
    qint64 integer(int column) const { return m_cursor->integer(column); }
    /// A text column as UTF-8; null for SQL NULL.
    QByteArray text(int column) const { return m_cursor->text(column); }
    QVariant value(int column) const { return m_cursor->value(column); }

    /// Success while stepping went well.
    Result<> error() const
    {
        Error error;
        if (m_cursor->failure(&error))
            return error;
        return {};
    }

private:
    struct Release
    {
        void operator()(abi::Cursor *cursor) const noexcept { cursor->release(); }
    };
    std::unique_ptr<abi::Cursor, Release> m_cursor;
};

/// A connection lent to a job. Statements are prepared once and cached by their text: bind values with ?, never build
/// SQL from input.
class Connection
{
public:
    explicit Connection(abi::Connection *connection)
        : m_connection(connection)
    {
    }

    Dialect dialect() const { return m_connection->dialect(); }

    /// Runs a statement that returns rows (SELECT, or INSERT ... RETURNING).
    Result<Rows> query(const QString &sql, const QVariantList &values = {})
    {
        Error error;
        if (abi::Cursor *cursor = m_connection->query(sql, values, &error))
            return Rows(cursor);
        return error;
    }

    /// Runs any other statement; the number of rows it changed.
    Result<qint64> execute(const QString &sql, const QVariantList &values = {})
    {
        Error error;
        const qint64 changed = m_connection->execute(sql, values, &error);
        if (changed < 0)
            return error;
        return changed;
    }

    abi::Connection *raw() const { return m_connection; }

private:
    abi::Connection *m_connection;
};

namespace detail {

template <class T>
struct ResultValue;
template <class T>
struct ResultValue<Result<T>>
{
    using type = T;
};

/// A callable as a job: remembers what the last run returned, and answers after the commit.
template <class F, class T>
class FunctionJob final : public abi::Job
{
public:
    explicit FunctionJob(F function)
        : m_function(std::move(function))
    {
    }

    Future<T> future() const { return m_promise.future(); }

    bool run(abi::Connection *connection) override
    {
        try {
            Connection lent(connection);
            m_result.emplace(m_function(lent));
        } catch (...) {
            m_result.emplace(Error::internal(currentExceptionText()));
        }
        return m_result->has_value();
    }

    void finish(const Error *error) override
    {
        // Into the member first: g++ 14 takes the empty optional of a temporary for uninitialised (GCC bug 80635).
        if (error && (!m_result || m_result->has_value()))
            m_result.emplace(*error);
        m_promise.finish(*std::move(m_result));
    }

private:
    F m_function;
    std::optional<Result<T>> m_result;
    Promise<T> m_promise;
};

} // namespace detail

/// Runs jobs on database threads. A job is a function Result<T>(Connection &); it may run more than once (its
/// transaction is shared with others and repeated if one of them fails), so it touches the connection and what it
/// captured by value, and nothing else. Any thread may call; the future is finished on a database thread, for a write
/// after COMMIT. A full queue or a lost server is Unavailable. A write whose COMMIT was cut off says so in its message
/// and is not repeated.
class Database
{
public:
    explicit Database(abi::Database *database)
        : m_database(database)
    {
    }

    Dialect dialect() const { return m_database->dialect(); }

    /// A read: its own transaction's view, never waiting for writers.
    template <class F>
    auto read(F job) const
    {
        auto owned = make(std::move(job));
        const auto future = owned->future();
        m_database->read(owned.release());
        return future;
    }

    /// A write: atomic, durable when the future has its value. An Error returned by the job rolls it back.
    template <class F>
    auto write(F job) const
    {
        auto owned = make(std::move(job));
        const auto future = owned->future();
        m_database->write(owned.release());
        return future;
    }

private:
    template <class F>
    static auto make(F job)
    {
        using T = typename detail::ResultValue<std::invoke_result_t<F &, Connection &>>::type;
        return std::make_unique<detail::FunctionJob<F, T>>(std::move(job));
    }

    abi::Database *m_database;
};

} // namespace quoin
