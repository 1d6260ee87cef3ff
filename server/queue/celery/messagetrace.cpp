// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/messagetrace.h"

#include "json/members.h"
#include "json/text.h"

#include <array>

namespace quoin::celery {

namespace {

std::string textOf(QByteArrayView value)
{
    return json::isString(value) ? json::unquoted(value).toStdString() : std::string();
}

} // namespace

std::optional<trace::Context> traceOf(const Message &message)
{
    constexpr std::array<std::string_view, 2> names{"traceparent", "tracestate"};
    std::array<QByteArrayView, 2> values;
    json::pick(message.headers, names, values);
    return trace::parse(textOf(values[0]), textOf(values[1]));
}

QByteArray withTrace(const QByteArray &headers, const trace::Context &context)
{
    const auto quoted = [](const QByteArray &text) { return json::quoted(QString::fromLatin1(text)); };
    const QByteArray traced = json::withMember(headers, "traceparent", quoted(trace::traceparent(context)));
    const bool isStateless = context.state.isEmpty() && json::member(traced, "tracestate").isEmpty();
    return isStateless ? traced : json::withMember(traced, "tracestate", quoted(context.state));
}

} // namespace quoin::celery
