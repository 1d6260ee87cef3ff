// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <span>
#include <string_view>

namespace quoin::json {

/// Goes through the members of an object, in order, each with its own text:
///
///     for (json::Members members(object); members.next();)
///         use(members.name(), members.value());
///
/// Requires that check() has passed the text; a value of another kind, or none, has no members. Views point into it.
/// Linear time and constant memory for all of them. Any thread.
class Members
{
public:
    explicit Members(QByteArrayView object);

    /// To the next member; false behind the last.
    bool next();

    QByteArrayView nameText() const { return m_name; } ///< With its quotes and escapes.
    QByteArrayView value() const { return m_value; }
    QString name() const;
    bool isNamed(std::string_view name) const; ///< Without making a string of it, if it has no escapes.

private:
    QByteArrayView m_object;
    qsizetype m_at = 1;
    QByteArrayView m_name;
    QByteArrayView m_value;
};

/// Finds the values of members with these few names, in one pass: values[i] is of names[i], the last one if
/// there are several, an empty view if there is none. What Members requires.
void pick(QByteArrayView object, std::span<const std::string_view> names, std::span<QByteArrayView> values);

/// The value of one member, the last of that name; an empty view if there is none.
QByteArrayView member(QByteArrayView object, std::string_view name);

/// The object with this member set to a value, and every other byte as it was: replaced where it stands (the last of
/// that name, which is the one that counts), else added behind the others. Requires an object.
QByteArray withMember(QByteArrayView object, std::string_view name, QByteArrayView value);

} // namespace quoin::json
