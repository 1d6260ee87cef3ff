// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/envelope.h"

#include "queue/celery/isotime.h"
#include "queue/celery/jsonobject.h"
#include "queue/celery/packing.h"
#include "queue/celery/pythonrepr.h"
#include "queue/celery/queuekey.h"

#include "json/check.h"
#include "json/members.h"
#include "json/text.h"

#include <QUuid>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

Error refused(const Outgoing &message, const QString &why)
{
    return Error::invalid(u"The task %1 cannot be sent to a queue of Celery: %2"_s.arg(message.task, why));
}

/// Whether the text is one JSON value that begins with this character.
bool isJson(const QByteArray &text, char first)
{
    return !json::check(text, json::largestDepth) && text.trimmed().startsWith(first);
}

bool isMissingOrJson(const QByteArray &text, char first) { return text.isEmpty() || isJson(text, first); }

QString partFault(const Outgoing &message)
{
    if (message.task.isEmpty())
        return u"it has no name."_s;
    if (message.id.isEmpty())
        return u"it has no id."_s;
    if (message.queue.isEmpty())
        return u"no queue is named."_s;
    if (!isJson(message.args, '['))
        return u"its arguments are no JSON array."_s;
    if (!isJson(message.kwargs, '{'))
        return u"its keyword arguments are no JSON object."_s;
    if (!isMissingOrJson(message.callbacks, '[') || !isMissingOrJson(message.errbacks, '[')
        || !isMissingOrJson(message.chain, '[') || !isMissingOrJson(message.chord, '{'))
        return u"what should follow it is not made of signatures."_s;
    if (!isMissingOrJson(message.headers, '{'))
        return u"its further headers are no JSON object."_s;
    if (message.retries < 0)
        return u"it has a negative count of retries."_s;
    for (const QByteArray *time : {&message.eta, &message.expires}) {
        if (!time->isEmpty() && !parseIsoTime(*time))
            return u"its eta or expiry is no ISO 8601 time."_s;
    }
    return {};
}

/// The body decoded by kombu in one piece: [args, kwargs, {...}], two levels around each part.
QByteArray bodyOf(const Outgoing &message)
{
    JsonObject embed;
    embed.add("callbacks", message.callbacks).add("errbacks", message.errbacks);
    embed.add("chain", message.chain).add("chord", message.chord);
    return '[' + message.args + ", " + message.kwargs + ", " + embed.take() + ']';
}

QByteArray limits(const Outgoing &message)
{
    return '[' + secondsValue(message.hardLimit) + ", " + secondsValue(message.softLimit) + ']';
}

QByteArray timeText(const QByteArray &time)
{
    return time.isEmpty() ? QByteArray() : json::quoted(QString::fromUtf8(time));
}

QByteArray shownOr(const QByteArray &sent, QByteArray (*make)(QByteArrayView, qsizetype), const QByteArray &json)
{
    return sent.isEmpty() ? make(json, longestRepr) : sent;
}

/// The three headers that Celery 5.3 and 5.5 added. A message that follows another inherits them.
void addStamps(JsonObject &headers, QByteArrayView further)
{
    constexpr std::array<std::string_view, 3> names{"replaced_task_nesting", "stamped_headers", "stamps"};
    std::array<QByteArrayView, 3> values{"0", "null", "{}"};
    if (!further.isEmpty())
        json::pick(further, names, values);
    headers.add("replaced_task_nesting", values[0]).add("stamped_headers", values[1]).add("stamps", values[2]);
}

/// Whether envelope() writes a header of this name itself; compression is what it does not do.
bool isOwnHeader(const json::Members &header)
{
    static constexpr std::array<std::string_view, 20> names{"lang",
                                                            "task",
                                                            "id",
                                                            "shadow",
                                                            "eta",
                                                            "expires",
                                                            "group",
                                                            "group_index",
                                                            "retries",
                                                            "timelimit",
                                                            "root_id",
                                                            "parent_id",
                                                            "argsrepr",
                                                            "kwargsrepr",
                                                            "origin",
                                                            "ignore_result",
                                                            "stamps",
                                                            "compression",
                                                            "replaced_task_nesting",
                                                            "stamped_headers"};
    return std::ranges::any_of(names, [&](std::string_view name) { return header.isNamed(name); });
}

QByteArray withFurther(QByteArray headers, QByteArrayView further)
{
    if (further.isEmpty())
        return headers;
    headers.chop(1);
    for (json::Members header(further); header.next();) {
        if (!isOwnHeader(header))
            headers.append(", ").append(header.nameText()).append(": ").append(header.value());
    }
    return headers.append('}');
}

QByteArray headersOf(const Outgoing &message)
{
    JsonObject headers;
    headers.addText("lang", u"py").addText("task", message.task).addText("id", message.id);
    headers.addTextOrNull("shadow", message.shadow);
    headers.add("eta", timeText(message.eta)).add("expires", timeText(message.expires));
    headers.addTextOrNull("group", message.group);
    headers.add("group_index", message.groupIndex ? QByteArray::number(*message.groupIndex) : QByteArray());
    headers.add("retries", message.retries).add("timelimit", limits(message));
    headers.addText("root_id", message.rootId.isEmpty() ? message.id : message.rootId);
    headers.addTextOrNull("parent_id", message.parentId);
    headers.addText("argsrepr", QString::fromUtf8(shownOr(message.argsRepr, pythonTupleRepr, message.args)));
    headers.addText("kwargsrepr", QString::fromUtf8(shownOr(message.kwargsRepr, pythonRepr, message.kwargs)));
    headers.addText("origin", message.origin).add("ignore_result", message.ignoreResult);
    addStamps(headers, message.headers);
    return withFurther(headers.take(), message.headers);
}

} // namespace

QString freshId() { return QUuid::createUuid().toString(QUuid::WithoutBraces); }

Result<QByteArray> envelope(const Outgoing &message)
{
    if (const QString fault = partFault(message); !fault.isEmpty())
        return refused(message, fault);
    const QByteArray body = bodyOf(message);
    if (json::check(body, json::largestDepth))
        return refused(message, u"its arguments are nested too deep."_s);
    if (message.readByPython) {
        if (const QString fault = pythonFault(body); !fault.isEmpty())
            return refused(message, fault);
        if (const QString fault = pythonFault(message.headers); !fault.isEmpty())
            return refused(message, fault);
    }
    Delivery delivery;
    delivery.routingKey = QString::fromUtf8(message.queue);
    delivery.tag = QString::fromUtf8(message.tag);
    delivery.correlationId = message.correlationId.isEmpty() ? message.id : message.correlationId;
    delivery.replyTo = message.replyTo;
    delivery.priority = message.priority;
    delivery.mode = 2;
    const QByteArray text = packedEnvelope(body, headersOf(message), delivery);
    if (text.size() > largestMessage)
        return refused(message, u"it is larger than %1 bytes."_s.arg(largestMessage));
    return text;
}

Result<Publication> publication(const Outgoing &message)
{
    const auto text = envelope(message);
    if (!text)
        return text.error();
    return Publication{queueKey(message.queue, message.priority), *text, message.id, message.task};
}

} // namespace quoin::celery
