// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/connection.h"

#include <quoin/result.h>

#include <QtGlobal>

#include <deque>
#include <optional>

namespace quoin::redis {

/// Who waits for which reply: first sent, first answered. Knows nothing of sockets.
class Pipeline
{
public:
    /// What a command is to a transaction.
    enum class Role { Alone, Begin, Part, End };

    void push(Connection::Answer answer, qint64 now, Role role = Role::Alone);
    bool isEmpty() const { return m_waiting.empty(); }
    qsizetype size() const { return static_cast<qsizetype>(m_waiting.size()); }
    /// When the one was pushed that waits longest. Requires that there is one.
    qint64 oldest() const { return m_waiting.front().since; }
    /// How many have been answered: two calls that differ have seen progress.
    qint64 answered() const { return m_answered; }

    /// Gives the reply to the one that waits longest. Requires that there is one. The answer is the last that is
    /// called, and may end this object.
    void answer(const Result<Reply> &result);
    /// Answers all, and is empty and usable before the first of them.
    void fail(const Error &error);

private:
    struct Waiting
    {
        Connection::Answer answer;
        qint64 since;
        Role role;
    };

    std::deque<Waiting> m_waiting;
    qint64 m_answered = 0;
    std::optional<Error> m_refusal; ///< Why the transaction under way will be discarded.
};

} // namespace quoin::redis
