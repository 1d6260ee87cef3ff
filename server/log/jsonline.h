// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArrayView>
#include <QString>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace quoin::server {

/// One JSON object on one line, its members in the order they are added.
class JsonLine
{
public:
    JsonLine() { m_writer.StartObject(); }

    void add(QByteArrayView name, QByteArrayView text)
    {
        key(name);
        m_writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    }
    void add(QByteArrayView name, const QString &text) { add(name, QByteArrayView(text.toUtf8())); }
    void add(QByteArrayView name, qint64 number)
    {
        key(name);
        m_writer.Int64(number);
    }

    void add(QByteArrayView name, int number) { add(name, qint64(number)); }
    void add(QByteArrayView name, const QByteArray &text) { add(name, QByteArrayView(text)); }
    void add(QByteArrayView name, const char *text) { add(name, QByteArrayView(text)); }
    /// text: a number as JSON writes it.
    void addNumber(QByteArrayView name, QByteArrayView text)
    {
        key(name);
        m_writer.RawValue(text.data(), static_cast<size_t>(text.size()), rapidjson::kNumberType);
    }

    /// Ends the line and appends it; this can be used for nothing else afterwards.
    void finish(QByteArray &out)
    {
        m_writer.EndObject();
        out.append(m_buffer.GetString(), static_cast<qsizetype>(m_buffer.GetSize()));
        out.append('\n');
    }

private:
    void key(QByteArrayView name) { m_writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }

    rapidjson::StringBuffer m_buffer;
    rapidjson::Writer<rapidjson::StringBuffer> m_writer{m_buffer};
};

} // namespace quoin::server
