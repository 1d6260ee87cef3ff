// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/connection.h"

#include <QList>
#include <QTest>

#include <optional>

namespace quoin::test {

/// What a connection answered, in the order of the answers. It outlives the connection.
class Answers
{
public:
    redis::Connection::Answer take()
    {
        return [this](const Result<redis::Reply> &result) { m_results.append(result); };
    }

    qsizetype count() const { return m_results.size(); }
    const Result<redis::Reply> &at(qsizetype i) const { return m_results.at(i); }
    bool isUnavailable(qsizetype i) const
    {
        return !m_results.at(i) && m_results.at(i).error().kind() == ErrorKind::Unavailable;
    }

private:
    QList<Result<redis::Reply>> m_results;
};

/// The reply to one command; nothing if it was an error or never came.
inline std::optional<redis::Reply> ask(redis::Connection &connection, const QByteArrayList &command)
{
    std::optional<Result<redis::Reply>> answer;
    connection.send(command, [&answer](const Result<redis::Reply> &result) { answer = result; });
    if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, 120'000)) {
        connection.close(); // so that the answer does not come when there is nobody
        return std::nullopt;
    }
    if (!*answer)
        return std::nullopt;
    return **answer;
}

} // namespace quoin::test
