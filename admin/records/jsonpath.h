// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "records/jsonscanner.h"

#include <QList>
#include <QMetaType>

#include <optional>

namespace admin {

/// A way to a value inside of a record, as people write it: `title`, `author.name`, `files[0].size`, `[0]`; names with
/// other characters in quotes as in JSON: `"a.b".c`. Also a JSON Pointer, `/files/0/size` (RFC 6901).
class JsonPath
{
public:
    /// Nothing if it is not written like that.
    static std::optional<JsonPath> parse(const QString &text);
    static JsonPath ofName(const QString &name);

    const QString &text() const { return m_text; }
    /// Where the value is in a JSON text; of names that are given twice the last counts, as most programs have it.
    /// Nothing if it is not there, or the text is broken before it.
    std::optional<JsonToken> find(QByteArrayView json) const;
    /// The value for a cell: a text as it reads, anything else as it is written; at most `longest` characters.
    QString value(QByteArrayView json, qsizetype longest = 400) const;

    bool operator==(const JsonPath &other) const { return m_text == other.m_text; }

private:
    struct Step
    {
        QString name;
        qsizetype index = -1; ///< of an array; a JSON Pointer has both
        bool isName = true;
    };
    static std::optional<JsonPath> parsePointer(const QString &text);
    bool parseStep(QStringView &rest, bool isFirst);
    static std::optional<JsonToken> inside(QByteArrayView json, const JsonToken &container, const Step &step);

    QString m_text;
    QList<Step> m_steps;
};

/// What is shown of a value on one line.
QString jsonCell(QByteArrayView json, const JsonToken &value, qsizetype longest);

} // namespace admin
