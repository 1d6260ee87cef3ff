// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/envelope.h"
#include "queue/celery/isotime.h"
#include "queue/celery/jsonobject.h"
#include "queue/celery/queuekey.h"

#include "json/check.h"
#include "json/members.h"

namespace quoin::celery {

namespace {

/// Protocol 1 has no headers; it goes on in the form of protocol 2, as Celery's own retries do.
Result<QByteArray> retryOfOld(const Message &message, QByteArrayView queue, qint64 eta, const QString &origin)
{
    Outgoing retry;
    retry.id = message.id;
    retry.task = message.task;
    retry.args = message.args;
    retry.kwargs = message.kwargs;
    retry.callbacks = message.callbacks;
    retry.errbacks = message.errbacks;
    retry.chord = message.chord;
    retry.queue = queue.toByteArray();
    retry.priority = message.priority;
    retry.eta = isoTime(eta);
    retry.expires = message.expiresText;
    retry.retries = message.retries + 1;
    retry.hardLimit = message.hardLimit;
    retry.softLimit = message.softLimit;
    retry.group = message.group;
    retry.groupIndex = message.groupIndex;
    retry.rootId = message.rootId;
    retry.parentId = message.id;
    retry.origin = origin;
    retry.replyTo = message.replyTo;
    retry.readByPython = false; // it was: what came is what goes on
    return envelope(retry);
}

QByteArray retriedHeaders(const Message &message, qint64 eta)
{
    QByteArray headers = json::withMember(message.headers, "retries", QByteArray::number(message.retries + 1));
    headers = json::withMember(headers, "eta", json::quoted(QString::fromLatin1(isoTime(eta))));
    headers = json::withMember(headers, "parent_id", json::quoted(message.id));
    return message.redelivered ? json::withMember(headers, "redelivered", "false") : headers; // it is a new message
}

QByteArray retriedProperties(QByteArrayView properties, QByteArrayView queue, const QString &origin)
{
    JsonObject delivery;
    delivery.addText("exchange", u"").addText("routing_key", QString::fromUtf8(queue));
    QByteArray text = json::withMember(properties, "delivery_info", delivery.take());
    text = json::withMember(text, "delivery_tag", json::quoted(freshId()));
    return json::withMember(text, "origin", json::quoted(origin));
}

QByteArray marked(QByteArrayView object) { return json::withMember(object, "redelivered", "true"); }

} // namespace

Result<Publication> retryPublication(const Message &message, QByteArrayView queue, qint64 eta, const QString &origin)
{
    const QByteArray key = queueKey(queue, message.priority);
    if (message.protocol == 1) {
        const auto text = retryOfOld(message, queue, eta, origin);
        if (!text)
            return text.error();
        return Publication{key, *text, message.id, message.task};
    }
    QByteArray text = json::withMember(message.raw, "headers", retriedHeaders(message, eta));
    const QByteArray properties = retriedProperties(json::member(text, "properties"), queue, origin);
    return Publication{key, json::withMember(text, "properties", properties), message.id, message.task};
}

QByteArray redeliveredEnvelope(QByteArrayView raw)
{
    QByteArray text = raw.toByteArray();
    if (json::check(raw) || !json::isObject(raw.trimmed()))
        return text;
    if (const QByteArrayView headers = json::member(text, "headers"); json::isObject(headers))
        text = json::withMember(text, "headers", marked(headers));
    const QByteArrayView properties = json::member(text, "properties");
    if (!json::isObject(properties))
        return text;
    const QByteArrayView delivery = json::member(properties, "delivery_info");
    if (!json::isObject(delivery))
        return text;
    const QByteArray markedProperties = json::withMember(properties, "delivery_info", marked(delivery));
    return json::withMember(text, "properties", markedProperties);
}

} // namespace quoin::celery
