// SPDX-License-Identifier: GPL-3.0-only
#include "json/members.h"

#include "json/spans.h"
#include "json/text.h"

#include <algorithm>

namespace quoin::json {

Members::Members(QByteArrayView object)
    : m_object(object.trimmed())
{
    if (!isObject(m_object))
        m_object = "{}";
}

bool Members::next()
{
    m_at = behindSpace(m_object, m_at);
    if (m_object[m_at] == ',')
        m_at = behindSpace(m_object, m_at + 1);
    if (m_object[m_at] == '}')
        return false;
    const qsizetype name = m_at;
    m_at = behindString(m_object, m_at);
    m_name = m_object.sliced(name, m_at - name);
    const qsizetype colon = behindSpace(m_object, m_at);
    const qsizetype value = behindSpace(m_object, colon + 1);
    m_at = behindValue(m_object, value);
    m_value = m_object.sliced(value, m_at - value);
    return true;
}

QString Members::name() const { return unquoted(m_name); }

bool Members::isNamed(std::string_view name) const
{
    const QByteArrayView plain = m_name.sliced(1, m_name.size() - 2);
    const QByteArrayView wanted(name.data(), static_cast<qsizetype>(name.size()));
    return plain == wanted || (plain.contains('\\') && unquoted(m_name).toUtf8() == wanted);
}

void pick(QByteArrayView object, std::span<const std::string_view> names, std::span<QByteArrayView> values)
{
    for (Members members(object); members.next();) {
        const auto found = std::ranges::find_if(names, [&](std::string_view name) { return members.isNamed(name); });
        if (found != names.end())
            values[static_cast<std::size_t>(found - names.begin())] = members.value();
    }
}

QByteArrayView member(QByteArrayView object, std::string_view name)
{
    QByteArrayView value;
    pick(object, {&name, 1}, {&value, 1});
    return value;
}

QByteArray withMember(QByteArrayView object, std::string_view name, QByteArrayView value)
{
    object = object.trimmed();
    QByteArrayView found;
    bool isEmpty = true;
    for (Members members(object); members.next(); isEmpty = false) {
        if (members.isNamed(name))
            found = members.value();
    }
    QByteArray text;
    text.reserve(object.size() + value.size() + static_cast<qsizetype>(name.size()) + 6);
    if (!found.isEmpty()) {
        const qsizetype at = found.data() - object.data();
        return text.append(object.first(at)).append(value).append(object.sliced(at + found.size()));
    }
    text.append(object.chopped(1)).append(isEmpty ? "" : ", ").append('"');
    text.append(name.data(), static_cast<qsizetype>(name.size())).append("\": ");
    return text.append(value).append('}');
}

} // namespace quoin::json
