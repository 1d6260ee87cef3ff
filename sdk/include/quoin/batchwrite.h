// SPDX-License-Identifier: MIT
#pragma once

#include <quoin/database.h>
#include <quoin/future.h>
#include <quoin/trace.h>

#include <QList>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace quoin {

/// Writes of one kind that are gathered while others are under way and become one job, so that its statements and their
/// round trips are for many: what arrives together is done together. When nothing is under way, a value is written at
/// once and alone. A cheap value; any thread.
template <class In, class Out>
class BatchWrite
{
public:
    /// Writes all values and returns one result for each, in their order, or an Error for all. A job like any other: it
    /// may run more than once.
    using Function = std::function<Result<QList<Out>>(Connection &, const QList<In> &)>;

    static constexpr qsizetype largestBatch = 64;
    static constexpr int mostUnderWay = 2;         ///< Jobs: one can work while the other waits for its COMMIT.
    static constexpr qsizetype mostWaiting = 8192; ///< Values; one more is Unavailable.

    /// traces: so that what is published of a value (Events::publishEach(), one event for each value in their order)
    /// has the trace of who wrote it.
    BatchWrite(const Database &database, Function function, const Traces &traces = Traces())
        : m_gathering(std::make_shared<Gathering>(database, std::move(function), traces))
    {
    }

    /// Finished after COMMIT. One value's failure is its own: when a job of several fails, each of them is tried again
    /// alone, unless the database is away.
    Future<Out> write(In value) const { return m_gathering->write(std::move(value)); }

private:
    struct Waiting
    {
        In value;
        Promise<Out> promise;
        Trace trace;
    };
    using Batch = std::vector<Waiting>;

    class Gathering : public std::enable_shared_from_this<Gathering> // jobs under way may end later than their maker
    {
    public:
        Gathering(const Database &database, Function function, const Traces &traces)
            : m_database(database)
            , m_function(std::move(function))
            , m_traces(traces)
        {
        }

        Future<Out> write(In value)
        {
            Waiting asked{std::move(value), {}, m_traces.capture()};
            const auto future = asked.promise.future();
            Batch batch;
            {
                const std::scoped_lock lock(m_mutex);
                if (m_waiting.size() >= static_cast<std::size_t>(mostWaiting))
                    return Error::unavailable(
                        QStringLiteral("%1 writes wait already; nothing was stored; try again in a moment")
                            .arg(m_waiting.size()));
                m_waiting.push_back(std::move(asked));
                if (m_underWay == mostUnderWay)
                    return future;
                ++m_underWay;
                batch = takeLocked();
            }
            start(std::move(batch), Next::Write);
            return future;
        }

    private:
        enum class Next { Write, Nothing }; ///< What a job does when it has ended, before it tells the result.

        Batch takeLocked()
        {
            Batch batch;
            batch.reserve(std::min(m_waiting.size(), static_cast<std::size_t>(largestBatch)));
            while (!m_waiting.empty() && batch.size() < batch.capacity()) {
                batch.push_back(std::move(m_waiting.front()));
                m_waiting.pop_front();
            }
            return batch;
        }

        void start(Batch batch, Next next)
        {
            QList<In> values;
            QList<const abi::Trace *> each;
            values.reserve(static_cast<qsizetype>(batch.size()));
            each.reserve(values.capacity());
            for (const Waiting &waiting : batch) {
                values.append(waiting.value);
                each.append(waiting.trace.get());
            }
            const auto scope = m_traces.enterEach(each); // and not what the last batch was for
            // Shared, because a continuation must be copyable.
            m_database
                .write([self = this->shared_from_this(), values](Connection &connection) {
                    return self->run(connection, values);
                })
                .then([self = this->shared_from_this(), shared = std::make_shared<Batch>(std::move(batch)),
                       next](const Result<QList<Out>> &results) {
                    if (next == Next::Write)
                        self->writeNext();
                    self->tell(*shared, results);
                });
        }

        Result<QList<Out>> run(Connection &connection, const QList<In> &values) const
        {
            auto results = m_function(connection, values);
            if (results && results->size() != values.size())
                return Error::internal(QStringLiteral("%1 values were to be written, and %2 results came")
                                           .arg(values.size())
                                           .arg(results->size()));
            return results;
        }

        void writeNext()
        {
            Batch batch;
            {
                const std::scoped_lock lock(m_mutex);
                batch = takeLocked();
                if (batch.empty())
                    --m_underWay;
            }
            if (!batch.empty())
                start(std::move(batch), Next::Write);
        }

        void tell(Batch &batch, const Result<QList<Out>> &results)
        {
            if (!results && batch.size() > 1 && results.error().kind() != ErrorKind::Unavailable)
                return startEach(batch);
            for (std::size_t i = 0; i < batch.size(); ++i) {
                const auto scope = m_traces.enter(batch[i].trace);
                batch[i].promise.finish(results ? Result<Out>((*results)[static_cast<qsizetype>(i)])
                                                : Result<Out>(results.error()));
            }
        }

        void startEach(Batch &batch)
        {
            for (Waiting &waiting : batch) {
                Batch alone;
                alone.push_back(std::move(waiting));
                start(std::move(alone), Next::Nothing);
            }
        }

        const Database m_database;
        const Function m_function;
        const Traces m_traces;
        std::mutex m_mutex;
        std::deque<Waiting> m_waiting; ///< In the order they came.
        int m_underWay = 0;
    };

    std::shared_ptr<Gathering> m_gathering;
};

} // namespace quoin
