// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/database.h>

#include <optional>

namespace quoin::queue {

/// A function over a connection as a job, that hands its result to a callback on the database thread: after COMMIT for
/// a write.
///
/// For those who only wait for the end and need no future of it; not QFuture::then() for sure, see docs/decisions/0040.
template <class F, class Done>
class AnsweringJob final : public abi::Job
{
    using Answer = std::invoke_result_t<F &, Connection &>;

public:
    AnsweringJob(F function, Done done)
        : m_function(std::move(function))
        , m_done(std::move(done))
    {
    }

    bool run(abi::Connection *connection) override
    {
        Connection lent(connection);
        m_answer.emplace(m_function(lent));
        return m_answer->has_value();
    }

    void finish(const Error *error) override
    {
        if (error && (!m_answer || m_answer->has_value()))
            m_done(Answer(*error));
        else
            m_done(*std::move(m_answer));
    }

private:
    F m_function;
    Done m_done;
    std::optional<Answer> m_answer;
};

/// A job for abi::Database::read() or write(), which owns it then.
template <class F, class Done>
abi::Job *answering(F function, Done done)
{
    return new AnsweringJob<F, Done>(std::move(function), std::move(done));
}

} // namespace quoin::queue
