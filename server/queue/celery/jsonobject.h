// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "json/text.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <concepts>

namespace quoin::celery {

/// Writes a JSON object with the white space that Python puts into one. Names are literals of ours.
class JsonObject
{
public:
    /// value: a JSON text; an empty one is null.
    JsonObject &add(const char *name, QByteArrayView value)
    {
        begin(name);
        if (value.isEmpty())
            m_text.append("null");
        else
            m_text.append(value);
        return *this;
    }
    JsonObject &add(const char *name, const QByteArray &value) { return add(name, QByteArrayView(value)); }
    JsonObject &add(const char *name, const char *) = delete; // text or JSON?
    JsonObject &add(const char *name, bool value) { return add(name, QByteArrayView(value ? "true" : "false")); }
    template <std::integral T>
    requires(!std::same_as<T, bool>) JsonObject &add(const char *name, T value)
    {
        return add(name, QByteArray::number(value));
    }
    JsonObject &addText(const char *name, QStringView value) { return add(name, json::quoted(value)); }
    /// Of an empty text: null.
    JsonObject &addTextOrNull(const char *name, QStringView value)
    {
        return value.isEmpty() ? addNull(name) : addText(name, value);
    }
    JsonObject &addNull(const char *name) { return add(name, QByteArrayView()); }

    QByteArray take() { return m_text.isEmpty() ? QByteArrayLiteral("{}") : std::move(m_text.append('}')); }

private:
    void begin(const char *name) { m_text.append(m_text.isEmpty() ? "{\"" : ", \"").append(name).append("\": "); }

    QByteArray m_text;
};

} // namespace quoin::celery
