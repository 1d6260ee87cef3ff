// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/canvastask.h"

#include "queue/celery/isotime.h"
#include "queue/celery/jsonobject.h"
#include "queue/celery/messagetrace.h"

#include "json/members.h"

#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

constexpr double longestSeconds = 1e9; ///< About thirty years.

Error wrong(const Signature &signature, const QString &why)
{
    return Error::invalid(u"The task %1 cannot be called next: %2"_s.arg(signature.task, why));
}

std::optional<double> number(QByteArrayView value)
{
    const double seconds = value.toDouble();
    if (!json::isNumber(value) || !(std::abs(seconds) < longestSeconds))
        return std::nullopt;
    return seconds;
}

/// A time as a text, as kombu 5.3's wrapped datetime, or as seconds from now.
std::optional<QByteArray> moment(QByteArrayView value, qint64 now)
{
    if (json::isObject(value))
        value = json::member(value, "__value__");
    if (json::isString(value)) {
        const QByteArray text = json::unquoted(value).left(100).toUtf8();
        return parseIsoTime(text) ? std::optional(text) : std::nullopt;
    }
    if (const auto seconds = number(value))
        return isoTime(now + static_cast<qint64>(*seconds * 1e6));
    return std::nullopt;
}

Result<> readTimes(const Signature &signature, const CanvasGround &ground, Outgoing &message)
{
    const QByteArray countdown = signature.option("countdown");
    const QByteArray eta = countdown.isEmpty() ? signature.option("eta") : countdown;
    const QByteArray expires = signature.option("expires");
    const auto at = moment(eta, ground.now);
    const auto until = moment(expires, ground.now);
    if ((!eta.isEmpty() && !at) || (!expires.isEmpty() && !until))
        return wrong(signature, u"its countdown, eta or expires is no time."_s);
    message.eta = at.value_or(QByteArray());
    message.expires = until.value_or(QByteArray());
    return {};
}

Result<> readLimit(const Signature &signature, std::string_view name, std::optional<std::chrono::milliseconds> &limit)
{
    const QByteArray value = signature.option(name);
    if (value.isEmpty())
        return {};
    const auto seconds = number(value);
    if (!seconds)
        return wrong(signature, u"a time limit is no number."_s);
    if (*seconds > 0)
        limit = std::chrono::milliseconds(std::max<qint64>(1, std::llround(*seconds * 1000)));
    return {};
}

/// The `headers` option, and the stamps, whose values are options of their own.
QByteArray furtherHeaders(const Signature &signature)
{
    const QByteArray given = signature.option("headers");
    QByteArray headers = json::isObject(given) ? given : QByteArrayLiteral("{}");
    const QByteArrayList names = signature.listOption("stamped_headers");
    if (names.isEmpty())
        return headers;
    QByteArray stamps;
    for (const QByteArray &name : names) {
        const QByteArray text = json::isString(name) ? json::unquoted(name).toUtf8() : QByteArray();
        const QByteArray value = signature.option({text.constData(), static_cast<std::size_t>(text.size())});
        if (!value.isEmpty())
            stamps.append(stamps.isEmpty() ? "" : ", ").append(name).append(": ").append(value);
    }
    headers = json::withMember(headers, "stamped_headers", arrayOf(names));
    return json::withMember(headers, "stamps", '{' + stamps + '}');
}

QByteArray listOrNull(const QByteArrayList &signatures)
{
    return signatures.isEmpty() ? QByteArray() : arrayOf(signatures);
}

} // namespace

Result<Outgoing> outgoing(const Signature &signature, const CanvasGround &ground)
{
    if (!signature.textOption("exchange").isEmpty() && signature.textOption("queue").isEmpty())
        return wrong(signature, u"it names an exchange; name its queue instead."_s);
    Outgoing message;
    message.task = signature.task;
    message.args = signature.args;
    message.kwargs = signature.kwargs;
    message.callbacks = listOrNull(signature.listOption("link"));
    message.errbacks = listOrNull(signature.listOption("link_error"));
    message.chord = signature.option("chord");
    message.priority = static_cast<int>(std::clamp<qint64>(signature.integerOption("priority").value_or(0), 0, 255));
    message.retries = static_cast<int>(
        std::clamp<qint64>(signature.integerOption("retries").value_or(0), 0, std::numeric_limits<int>::max()));
    message.group = signature.textOption("group_id");
    message.groupIndex = signature.integerOption("group_index");
    message.shadow = signature.textOption("shadow");
    message.replyTo = signature.textOption("reply_to");
    message.origin = ground.node;
    message.ignoreResult = signature.option("ignore_result") == "true";
    message.headers = furtherHeaders(signature);
    if (ground.trace.isValid())
        message.headers = withTrace(message.headers, ground.trace);
    if (const auto read = readTimes(signature, ground, message); !read)
        return read.error();
    if (const auto read = readLimit(signature, "time_limit", message.hardLimit); !read)
        return read.error();
    if (const auto read = readLimit(signature, "soft_time_limit", message.softLimit); !read)
        return read.error();
    return message;
}

} // namespace quoin::celery
