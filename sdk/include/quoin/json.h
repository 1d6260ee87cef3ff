// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QJsonArray>
#include <QJsonDocument>
#include <QString>

#include <concepts>
#include <utility>

namespace quoin {

/// JSON carried as its own text, so that key order, escapes and numbers of any size and precision stay as they were
/// given. A value; any thread. Made by Request::json() after validation, or from text its maker vouches for.
class JsonText
{
public:
    JsonText() = default;
    explicit JsonText(QByteArray validText)
        : m_text(std::move(validText))
    {
    }

    /// UTF-8, exactly as given but for white space around it.
    const QByteArray &text() const { return m_text; }

private:
    QByteArray m_text = QByteArrayLiteral("null");
};

/// The JSON text of a string, escaped as RFC 8259 section 7 asks.
inline QByteArray jsonString(const QString &string)
{
    const QByteArray array = QJsonDocument(QJsonArray{string}).toJson(QJsonDocument::Compact);
    return array.sliced(1, array.size() - 2);
}

inline QByteArray toJson(const JsonText &value) { return value.text(); }
inline QByteArray toJson(const QString &value) { return jsonString(value); }
template <std::integral T>
QByteArray toJson(T value)
{
    if constexpr (std::same_as<T, bool>)
        return value ? QByteArrayLiteral("true") : QByteArrayLiteral("false");
    else
        return QByteArray::number(value);
}

/// The text of a JSON array of the values, in order: the arguments of a task or of an event.
template <class... Values>
QByteArray jsonArray(const Values &...values)
{
    QByteArray text;
    ((text += ',', text += toJson(values)), ...);
    return text.isEmpty() ? QByteArrayLiteral("[]") : '[' + text.sliced(1) + ']';
}

} // namespace quoin
