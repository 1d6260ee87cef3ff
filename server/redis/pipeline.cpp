// SPDX-License-Identifier: GPL-3.0-only
#include "redis/pipeline.h"

#include <utility>

namespace quoin::redis {

void Pipeline::push(Connection::Answer answer, qint64 now, Role role)
{
    m_waiting.push_back({std::move(answer), now, role});
}

void Pipeline::answer(const Result<Reply> &result)
{
    const Waiting first = std::move(m_waiting.front());
    m_waiting.pop_front();
    ++m_answered;
    if (first.role == Role::Begin)
        m_refusal.reset();
    if (first.role == Role::Begin || first.role == Role::Part) {
        if (!result && !m_refusal)
            m_refusal = result.error();
        return;
    }
    // EXECABORT only says that there was an error before; that one says which.
    if (first.role == Role::End && !result && m_refusal) {
        const Error refusal = *std::exchange(m_refusal, std::nullopt);
        if (first.answer)
            first.answer(refusal);
        return;
    }
    if (first.answer)
        first.answer(result);
}

void Pipeline::fail(const Error &error)
{
    const std::deque<Waiting> taken = std::exchange(m_waiting, {});
    m_refusal.reset();
    const Result<Reply> result(error);
    for (const Waiting &waiting : taken) {
        if (waiting.answer)
            waiting.answer(result);
    }
}

} // namespace quoin::redis
