// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <optional>

namespace quoin::plugins {

/// Takes members out of a JSON object one by one, and remembers the first thing that was wrong: a missing member, one
/// of the wrong type, and at the end one that nobody asked for.
class ObjectReader
{
public:
    /// place: how faults name the object, such as "settings[2]".
    ObjectReader(const QJsonObject &object, const QString &place);

    QString string(const QString &member);
    QStringList strings(const QString &member);           ///< Optional; an array of strings.
    std::optional<qint64> integer(const QString &member); ///< Optional.
    bool flag(const QString &member);                     ///< Optional; false.
    QList<QJsonObject> objects(const QString &member);

    void fail(const QString &reason);

    /// Empty if all was well and nothing is left over.
    QString fault();

    /// The same for what may hold members of a later version: what is left over is no fault.
    const QString &faultOfKnown() const { return m_fault; }

private:
    QJsonValue take(const QString &member);
    QString named(const QString &member) const;

    QJsonObject m_object;
    const QString m_place;
    QString m_fault;
};

} // namespace quoin::plugins
