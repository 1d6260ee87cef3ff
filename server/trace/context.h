// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <atomic>
#include <memory>
#include <optional>
#include <string_view>

namespace quoin::trace {

/// What the database jobs of one request have taken together, for a request that is to tell.
struct DatabaseTime
{
    std::atomic<qint64> microseconds = 0;
};

/// On whose behalf something is done: a request or the run of a task, as a part of a trace that began elsewhere or here
/// (W3C Trace Context, level 1). A value; cheap to copy.
struct Context
{
    quint64 high = 0, low = 0; ///< The trace-id; both 0: there is none.
    quint64 span = 0;          ///< Of the request or run itself: the parent-id of what it calls.
    bool isSampled = false;
    QByteArray state;                    ///< tracestate as it came, at most largestState bytes; mostly null.
    QString task;                        ///< Whose run it is, by its canonical name; null: it is a request.
    std::shared_ptr<DatabaseTime> spent; ///< Shared with jobs, which may outlive the request. Null: nobody asks.

    bool isValid() const { return (high | low) != 0; }
};

constexpr std::size_t largestState = 512; ///< Section 3.3.1.5: so much should be passed on at least.

/// Section 3.2: version 00, or what a later one has in common with it. Nothing for what is none. state: the tracestate
/// that came with it; of a longer one the entries that fit, and none if it has other than printable characters.
std::optional<Context> parse(std::string_view traceparent, std::string_view state = {});

/// A trace that begins here. Its flag says sampled: see docs/decisions/0230.
Context begin();
/// The same trace, for what was called by its span: a span of its own, and nothing of DatabaseTime and task.
Context child(const Context &parent);

QByteArray traceId(quint64 high, quint64 low); ///< 32 hexadecimal digits.
QByteArray spanId(quint64 span);               ///< 16 hexadecimal digits.
inline QByteArray traceId(const Context &context) { return traceId(context.high, context.low); }
inline QByteArray spanId(const Context &context) { return spanId(context.span); }
/// What is sent to whom it calls.
QByteArray traceparent(const Context &context);

/// As one text, to be kept with a task: traceparent, and behind a space tracestate if there is one. Null if not valid.
QByteArray toText(const Context &context);
std::optional<Context> fromText(QByteArrayView text);

} // namespace quoin::trace
