// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "log/logformat.h"
#include "supervisor/logring.h"

#include <quoin/result.h>

#include <QJsonArray>

#include <optional>

namespace quoin::server {

/// Where a reader of the log is: after this line of this start of the server. A value; as text it is opaque.
struct LogCursor
{
    quint64 instance = 0;
    quint64 sequence = 0;

    QString toText() const;
    /// Invalid for what toText() cannot have made.
    static Result<LogCursor> parse(const QString &text);

    bool operator==(const LogCursor &) const = default;
};

/// Which lines are wanted.
struct LogFilter
{
    int least = 0; ///< Rank of the level: logRank().
    QString requestId;
    QString text; ///< Somewhere in the message or category, whatever its case.
};

/// 0 debug, 1 info, 2 warning, 3 critical, 4 fatal; nothing for any other word.
std::optional<int> logRank(QByteArrayView level);

/// A line with its facts taken apart. What a level or a pid is not becomes the nearest that is.
struct LogRow
{
    quint64 sequence = 0;
    qint64 time = 0;
    qint64 pid = 0;
    QtMsgType type = QtInfoMsg;
    bool isCut = false;
    QString category;
    QString message;
    LogEvent event;

    static LogRow of(const supervisor::LogEntry &entry);

    /// Of the request that the line is about; empty if it is about none.
    QString requestId() const;
    bool matches(const LogFilter &filter) const;
    QJsonObject toJson() const;
};

/// What was asked for, and how to go on.
struct LogPage
{
    QList<LogRow> rows; ///< The oldest first.
    LogCursor next;
    quint64 missed = 0; ///< Lines after the cursor that are gone.
};

/// The newest ones that match; or, after a cursor, those that came since, as many. A line that another process has
/// taken its number for but not yet written is waited for: until nowMicroseconds is a second past its neighbours, the
/// page ends before it. Hostile contents give nonsense, in bounds.
LogPage logPage(const supervisor::LogRing &ring, quint64 instance, const LogFilter &filter, qsizetype limit,
                const std::optional<LogCursor> &after, qint64 nowMicroseconds);

} // namespace quoin::server
