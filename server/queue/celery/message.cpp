// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/message.h"

#include "queue/celery/messagefields.h"

#include "json/check.h"
#include "json/elements.h"
#include "json/members.h"
#include "json/text.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

Error unidentified(const QString &why) { return Error::invalid(u"This is no task message: %1"_s.arg(why)); }

/// Reads one envelope from the outside in: what identifies it, how the body is packed, what the body says.
class Reader
{
public:
    explicit Reader(QByteArrayView raw) { m_message.raw = raw.toByteArray(); }

    Result<Message> read();

private:
    Result<> readEnvelope();
    Result<> readProperties(QByteArrayView properties);
    Result<> readDelivery(QByteArrayView delivery);
    Result<> readHeaders(QByteArrayView headers);
    Result<> identify();
    std::optional<Refusal> readBody();
    std::optional<Refusal> readTriple(QByteArrayView body);
    Result<Message> refused(const Refusal &refusal);

    Message m_message;
    Packing m_packing;
    Fields m_fields;
    QByteArray m_body; ///< What m_fields may point into.
};

Result<Message> Reader::read()
{
    if (const auto envelope = readEnvelope(); !envelope)
        return envelope.error();
    auto body = unpackBody(m_packing);
    if (QByteArray *text = std::get_if<QByteArray>(&body))
        m_body = std::move(*text);
    // Of protocol 1 it is the body that identifies the task.
    if (m_message.protocol == 1) {
        if (const Refusal *refusal = std::get_if<Refusal>(&body))
            return unidentified(refusal->sentence);
        if (!json::isObject(m_body))
            return unidentified(u"it has no header task, and its body is no object with one."_s);
        m_fields.takeOld(m_body);
    }
    if (const auto identified = identify(); !identified)
        return identified.error();
    if (const Refusal *refusal = std::get_if<Refusal>(&body))
        return refused(*refusal);
    if (const auto refusal = readBody())
        return refused(*refusal);
    return std::move(m_message);
}

Result<Message> Reader::refused(const Refusal &refusal)
{
    m_message.standing = refusal.standing;
    m_message.refusal = refusal.sentence;
    if (m_message.rootId.isEmpty())
        m_message.rootId = m_message.id;
    return std::move(m_message);
}

Result<> Reader::readEnvelope()
{
    const QByteArrayView raw = m_message.raw;
    if (raw.size() > largestMessage)
        return unidentified(u"it is larger than %1 bytes."_s.arg(largestMessage));
    if (const json::Fault fault = json::check(raw))
        return unidentified(
            u"it is not JSON: %1, at byte %2."_s.arg(QLatin1StringView(fault.sentence)).arg(fault.offset));
    if (!json::isObject(raw.trimmed()))
        return unidentified(u"it is not an object."_s);
    constexpr std::array<std::string_view, 5> names{"body", "content-type", "content-encoding", "headers",
                                                    "properties"};
    std::array<QByteArrayView, 5> values;
    json::pick(raw, names, values);
    m_packing.body = values[0];
    m_packing.contentType = values[1];
    m_packing.contentEncoding = values[2];
    if (const auto properties = readProperties(values[4]); !properties)
        return properties;
    return readHeaders(values[3]);
}

Result<> Reader::readProperties(QByteArrayView properties)
{
    if (!json::isObject(properties))
        return unidentified(u"it has no properties."_s);
    constexpr std::array<std::string_view, 6> names{"delivery_tag",  "delivery_info", "priority",
                                                    "body_encoding", "reply_to",      "correlation_id"};
    std::array<QByteArrayView, 6> values;
    json::pick(properties, names, values);
    m_message.tag = looseText(values[0]).toUtf8();
    if (m_message.tag.isEmpty())
        return unidentified(u"it has no delivery_tag."_s);
    const qint64 priority = integer(values[2]).value_or(0);
    m_message.priority = static_cast<int>(std::clamp<qint64>(priority, -255, 255));
    m_packing.bodyEncoding = values[3];
    m_message.replyTo = looseText(values[4]);
    m_message.correlationId = looseText(values[5]);
    return readDelivery(values[1]);
}

Result<> Reader::readDelivery(QByteArrayView delivery)
{
    if (!json::isObject(delivery))
        return unidentified(u"it has no delivery_info."_s);
    constexpr std::array<std::string_view, 3> names{"exchange", "routing_key", "redelivered"};
    std::array<QByteArrayView, 3> values;
    json::pick(delivery, names, values);
    if (values[0].isEmpty() || values[1].isEmpty())
        return unidentified(u"its delivery_info has no exchange and routing_key."_s);
    m_message.exchange = looseText(values[0]).toUtf8();
    m_message.routingKey = looseText(values[1]).toUtf8();
    m_message.redelivered = values[2] == "true";
    return {};
}

Result<> Reader::readHeaders(QByteArrayView headers)
{
    if (headers.isEmpty() || json::isNull(headers)) {
        m_message.protocol = 1;
        return {};
    }
    if (!json::isObject(headers))
        return unidentified(u"its headers are not an object."_s);
    m_message.headers = headers.toByteArray();
    m_packing.compression = json::member(headers, "compression");
    m_fields.takeHeaders(headers);
    m_message.protocol = m_fields.has(Field::Task) ? 2 : 1;
    return {};
}

Result<> Reader::identify()
{
    const auto task = identifier(m_fields[Field::Task]);
    if (!task || !json::isString(m_fields[Field::Task]))
        return unidentified(u"it names no task in 1 to 255 printable characters."_s);
    m_message.task = *task;
    const auto id = identifier(m_fields[Field::Id]);
    if (!id)
        return unidentified(u"it has no id of 1 to 255 printable characters (task %1)."_s.arg(*task));
    m_message.id = *id;
    return {};
}

/// Protocol 2: [args, kwargs, embed].
std::optional<Refusal> Reader::readTriple(QByteArrayView body)
{
    const auto parts = json::elements(body, 4);
    if (parts.size() != 3)
        return Refusal::malformed(u"The body is not [args, kwargs, embed]."_s);
    const QByteArrayView embed = parts[2];
    if (!json::isNull(embed) && !json::isObject(embed))
        return Refusal::malformed(u"The third part of the body is not an object."_s);
    m_fields.set(Field::Args, parts[0]);
    m_fields.set(Field::Kwargs, parts[1]);
    m_fields.takeEmbed(embed);
    return std::nullopt;
}

std::optional<Refusal> Reader::readBody()
{
    if (m_message.protocol == 2 && !json::isObject(m_body)) {
        const auto refusal = json::isArray(m_body) ? readTriple(m_body)
                                                   : Refusal::malformed(u"The body is not [args, kwargs, embed]."_s);
        if (refusal)
            return refusal;
    } else { // protocol 1, or headers of 2 over a body of 1, which some producers send
        Fields fields;
        fields.takeOld(m_body);
        if (m_message.protocol == 2)
            fields.takeHeaders(m_message.headers);
        m_fields = fields;
    }
    if (const auto refusal = readFields(m_fields, m_message))
        return refusal;
    return readArguments(m_fields, m_message);
}

} // namespace

Result<Message> parseMessage(QByteArrayView raw) { return Reader(raw).read(); }

} // namespace quoin::celery
