// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/metadataschema.h"

#include <QJsonArray>

#include <cmath>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

ObjectReader::ObjectReader(const QJsonObject &object, const QString &place)
    : m_object(object)
    , m_place(place)
{
}

QString ObjectReader::string(const QString &member)
{
    const QJsonValue value = take(member);
    if (!value.isString())
        fail(named(member) + u" must be a text"_s);
    return value.toString();
}

QStringList ObjectReader::strings(const QString &member)
{
    const QJsonValue value = take(member);
    if (value.isUndefined())
        return {};
    QStringList texts;
    for (const QJsonValue item : value.toArray()) {
        if (!item.isString())
            fail(named(member) + u" must hold texts only"_s);
        texts.append(item.toString());
    }
    if (!value.isArray())
        fail(named(member) + u" must be a list"_s);
    return texts;
}

std::optional<qint64> ObjectReader::integer(const QString &member)
{
    const QJsonValue value = take(member);
    if (value.isUndefined())
        return std::nullopt;
    constexpr double exact = 9007199254740992; // 2^53: beyond it a double does not tell neighbours apart
    const double number = value.toDouble(NAN);
    if (std::isnan(number) || number != std::floor(number) || std::abs(number) > exact) {
        fail(named(member) + u" must be a whole number"_s);
        return std::nullopt;
    }
    return static_cast<qint64>(number);
}

bool ObjectReader::flag(const QString &member)
{
    const QJsonValue value = take(member);
    if (!value.isUndefined() && !value.isBool())
        fail(named(member) + u" must be true or false"_s);
    return value.toBool();
}

QList<QJsonObject> ObjectReader::objects(const QString &member)
{
    const QJsonValue value = take(member);
    if (!value.isArray())
        fail(named(member) + u" must be a list"_s);
    QList<QJsonObject> objects;
    for (const QJsonValue item : value.toArray()) {
        if (!item.isObject())
            fail(named(member) + u" must hold objects only"_s);
        objects.append(item.toObject());
    }
    return objects;
}

void ObjectReader::fail(const QString &reason)
{
    if (m_fault.isEmpty())
        m_fault = reason;
}

QString ObjectReader::fault()
{
    if (!m_object.isEmpty())
        fail(named(m_object.begin().key()) + u" is not known"_s);
    return m_fault;
}

QJsonValue ObjectReader::take(const QString &member) { return m_object.take(member); }

QString ObjectReader::named(const QString &member) const
{
    return m_place.isEmpty() ? u'"' + member + u'"' : u"\"%1\" of %2"_s.arg(member, m_place);
}

} // namespace quoin::plugins
