// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/controlwords.h"

#include "queue/celery/envelope.h"
#include "queue/celery/jsonobject.h"
#include "queue/celery/messagebody.h"
#include "queue/celery/nodepattern.h"
#include "queue/celery/packing.h"
#include "queue/celery/pythonrepr.h"
#include "queue/celery/queuekey.h"

#include "json/check.h"
#include "json/elements.h"
#include "json/members.h"

#include <array>
#include <cmath>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

/// Of a command; nobody types more.
constexpr qsizetype largestCommand = 4 * 1024 * 1024;
constexpr qsizetype mostNames = 50'000; ///< As many revoked ids as Celery remembers.

Error unreadable(const QString &why) { return Error::invalid(u"This is no remote-control command: %1"_s.arg(why)); }

QString textOf(QByteArrayView value) { return json::isString(value) ? json::unquoted(value) : QString(); }

QStringList textsOf(QByteArrayView value)
{
    if (json::isString(value))
        return {json::unquoted(value)};
    QStringList texts;
    if (!json::isArray(value))
        return texts;
    for (const QByteArrayView element : json::elements(value, mostNames)) {
        if (json::isString(element))
            texts += json::unquoted(element);
    }
    return texts;
}

bool isAbsent(QByteArrayView value) { return value.isEmpty() || json::isNull(value); }

void readHeaders(QByteArrayView headers, ControlCommand &command)
{
    if (!json::isObject(headers))
        return;
    bool isCount = false;
    const quint64 clock = json::member(headers, "clock").toULongLong(&isCount);
    command.clock = isCount ? clock : 0;
    const double expires = json::member(headers, "expires").toDouble();
    if (expires > 0 && expires < 1e11) // seconds; 0 is never, and the year 5138 as good as that
        command.expires = std::llround(expires * 1e6);
}

void readArguments(QByteArrayView arguments, ControlCommand &command)
{
    if (!json::isObject(arguments))
        return;
    constexpr qsizetype mostArguments = 100;
    for (json::Members members(arguments); members.next() && command.arguments.size() < mostArguments;)
        command.arguments.append({members.name(), members.value().toByteArray()});
}

Result<> readBody(QByteArrayView body, ControlCommand &command)
{
    if (!json::isObject(body))
        return unreadable(u"its body is not an object."_s);
    constexpr std::array<std::string_view, 7> names{"method",  "arguments", "destination", "pattern",
                                                    "matcher", "ticket",    "reply_to"};
    std::array<QByteArrayView, 7> values;
    json::pick(body, names, values);
    command.method = textOf(values[0]);
    if (command.method.isEmpty())
        return unreadable(u"it names no method."_s);
    readArguments(values[1], command);
    if (!isAbsent(values[2]))
        command.destination = textsOf(values[2]);
    command.pattern = textOf(values[3]);
    command.matcher = textOf(values[4]);
    command.ticket = textOf(values[5]);
    if (json::isObject(values[6])) {
        command.replyExchange = textOf(json::member(values[6], "exchange")).toUtf8();
        command.replyKey = textOf(json::member(values[6], "routing_key")).toUtf8();
    }
    return {};
}

} // namespace

bool ControlCommand::isFor(const QString &node) const
{
    // An empty list is none, as in Python.
    if (destination && !destination->isEmpty())
        return destination->contains(node);
    if (pattern.isEmpty() || matcher.isEmpty())
        return true;
    if (matcher == "glob"_L1)
        return matchesGlob(node, pattern);
    return matcher == "pcre"_L1 && matchesRegularExpression(node, pattern);
}

QByteArray ControlCommand::argument(QStringView name) const
{
    QByteArray value;
    for (const auto &[other, text] : arguments) {
        if (other == name)
            value = text;
    }
    return json::isNull(value) ? QByteArray() : value;
}

QString ControlCommand::text(QStringView name) const
{
    const QByteArray value = argument(name);
    return json::isString(value) ? json::unquoted(value) : QString::fromUtf8(value);
}

QStringList ControlCommand::texts(QStringView name) const { return textsOf(argument(name)); }

std::optional<qint64> ControlCommand::integer(QStringView name) const
{
    const auto number = seconds(name);
    constexpr double exact = 9007199254740992.0; // 2^53
    if (!number || std::trunc(*number) != *number || std::abs(*number) > exact)
        return std::nullopt;
    return static_cast<qint64>(*number);
}

std::optional<double> ControlCommand::seconds(QStringView name) const
{
    bool isNumber = false;
    const double value = text(name).toDouble(&isNumber);
    if (!isNumber || !std::isfinite(value))
        return std::nullopt;
    return value;
}

bool ControlCommand::flag(QStringView name, bool otherwise) const
{
    const QByteArray value = argument(name);
    return value.isEmpty() ? otherwise : value == "true" || value == "1";
}

QByteArray controlChannel(int database) { return '/' + QByteArray::number(database) + ".celery.pidbox"; }

QByteArray controlBindingMember(const QString &node)
{
    return bindingMember({}, node.toUtf8().append(".celery.pidbox"));
}

Result<ControlCommand> parseControlCommand(QByteArrayView raw)
{
    if (raw.size() > largestCommand)
        return unreadable(u"it is larger than %1 bytes."_s.arg(largestCommand));
    if (json::check(raw) || !json::isObject(raw.trimmed()))
        return unreadable(u"it is not a JSON object."_s);
    constexpr std::array<std::string_view, 5> names{"body", "content-type", "content-encoding", "headers",
                                                    "properties"};
    std::array<QByteArrayView, 5> values;
    json::pick(raw, names, values);
    Packing packing{values[0], values[1], values[2], {}, {}};
    if (json::isObject(values[4]))
        packing.bodyEncoding = json::member(values[4], "body_encoding");
    const auto body = unpackBody(packing);
    if (const Refusal *refusal = std::get_if<Refusal>(&body))
        return unreadable(refusal->sentence);
    ControlCommand command;
    readHeaders(values[3], command);
    if (const auto read = readBody(*std::get_if<QByteArray>(&body), command); !read)
        return read.error();
    return command;
}

ControlReply controlReply(const ControlCommand &command, const QString &node, QByteArrayView value, quint64 clock)
{
    QByteArray answer = value.toByteArray();
    if (json::check(answer) || !pythonFault(answer).isEmpty())
        answer = errorValue(u"the answer has values that Python cannot read"_s);
    JsonObject headers;
    headers.addText("ticket", command.ticket).add("clock", clock);
    Delivery delivery;
    delivery.exchange = QString::fromUtf8(command.replyExchange);
    delivery.routingKey = QString::fromUtf8(command.replyKey);
    const QByteArray body = '{' + json::quoted(node) + ": " + answer + '}';
    const QByteArray list = command.replyKey + '.' + command.replyExchange;
    return {bindingKey(command.replyExchange), bindingMember(command.replyKey, list), list,
            packedEnvelope(body, headers.take(), delivery)};
}

QByteArray okValue(const QString &text) { return JsonObject().addText("ok", text).take(); }

QByteArray errorValue(const QString &text) { return JsonObject().addText("error", text).take(); }

QByteArray unknownMethodValue(const QString &method)
{
    return errorValue(u"KeyError("_s + QString::fromUtf8(pythonStringRepr(method.left(200))) + u")"_s);
}

} // namespace quoin::celery
