// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/packing.h"

#include "queue/celery/envelope.h"
#include "queue/celery/jsonobject.h"

namespace quoin::celery {

namespace {

QByteArray propertiesOf(const Delivery &delivery)
{
    JsonObject info;
    info.addText("exchange", delivery.exchange).addText("routing_key", delivery.routingKey);
    JsonObject properties;
    if (!delivery.correlationId.isEmpty())
        properties.addText("correlation_id", delivery.correlationId).addText("reply_to", delivery.replyTo);
    properties.add("delivery_mode", delivery.mode).add("delivery_info", info.take()).add("priority", delivery.priority);
    properties.addText("body_encoding", u"base64");
    properties.addText("delivery_tag", delivery.tag.isEmpty() ? freshId() : delivery.tag);
    return properties.take();
}

} // namespace

QByteArray packedEnvelope(QByteArrayView body, QByteArrayView headers, const Delivery &delivery)
{
    JsonObject envelope;
    envelope.add("body", '"' + QByteArray::fromRawData(body.data(), body.size()).toBase64() + '"');
    envelope.addText("content-encoding", u"utf-8").addText("content-type", u"application/json");
    envelope.add("headers", headers).add("properties", propertiesOf(delivery));
    return envelope.take();
}

QByteArray secondsValue(std::optional<std::chrono::milliseconds> duration)
{
    if (!duration)
        return QByteArrayLiteral("null");
    const qint64 count = duration->count();
    QByteArray text = QByteArray::number(count / 1000);
    if (count % 1000 != 0)
        text += '.' + QByteArray::number(count % 1000).rightJustified(3, '0');
    return text;
}

} // namespace quoin::celery
