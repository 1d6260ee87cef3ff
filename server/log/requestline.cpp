// SPDX-License-Identifier: GPL-3.0-only
#include "log/requestline.h"

#include "log/jsonline.h"

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

constexpr QByteArrayView category = "quoin.http.request";

QByteArray milliseconds(std::chrono::microseconds duration)
{
    return QByteArray::number(static_cast<double>(duration.count()) / 1e3, 'f', 3);
}

/// A fact whose value came from outside: quoted, so that it cannot pretend to be another fact.
QByteArray quoted(QByteArrayView value)
{
    QString text = QString::fromUtf8(value);
    text.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s);
    return '"' + escapedForLog(text).toUtf8() + '"';
}

void appendAsJson(QByteArray &out, const RequestLine &line)
{
    JsonLine json;
    json.add("time", logTime(line.time()));
    json.add("level", levelName(requestLevel(line)));
    json.add("category", category);
    json.add("message", "request");
    if (!line.method().isEmpty()) {
        json.add("method", line.method());
        json.add("path", QString::fromUtf8(line.path())); // through QString: JSON must be UTF-8, whatever a client sent
    }
    json.add("status", line.status());
    json.add("bytes", line.bytes());
    json.addNumber("ms", milliseconds(line.duration()));
    json.add("id", QString::fromUtf8(line.id()));
    if (!line.trace().isEmpty()) {
        json.add("trace", line.trace());
        json.add("span", line.span());
    }
    if (!line.route().isEmpty())
        json.add("route", line.route());
    json.add("peer", line.peer());
    if (!line.isComplete())
        json.addNumber("cut", "true");
    json.finish(out);
}

} // namespace

QtMsgType requestLevel(const RequestLine &line) { return line.status() >= 500 ? QtWarningMsg : QtInfoMsg; }

QByteArrayView requestCategory() { return category; }

QByteArray requestText(const RequestLine &line)
{
    QByteArray text = "request";
    if (!line.method().isEmpty())
        text += " method=" + line.method().toByteArray() + " path=" + quoted(line.path());
    text += " status=" + QByteArray::number(line.status()) + " bytes=" + QByteArray::number(line.bytes());
    text += " ms=" + milliseconds(line.duration()) + " id=" + line.id().toByteArray();
    if (const QByteArray trace = line.trace(); !trace.isEmpty())
        text += " trace=" + trace + " span=" + line.span();
    if (!line.route().isEmpty())
        text += " route=" + line.route().toByteArray();
    text += " peer=" + line.peer().toByteArray();
    return line.isComplete() ? text : text + " cut=true";
}

RequestLine::RequestLine(const http::AccessRecord &record)
    : m_time(std::chrono::system_clock::now())
    , m_traceHigh(record.trace ? record.trace->high : 0)
    , m_traceLow(record.trace ? record.trace->low : 0)
    , m_span(record.trace ? record.trace->span : 0)
    , m_status(record.status)
    , m_bytes(record.bytes)
    , m_duration(record.microseconds)
    , m_isComplete(record.isComplete)
{
    // Patterns are ASCII or nearly; three bytes is the most that one UTF-16 unit becomes.
    m_text.reserve(record.method.size() + record.path.size() + 3 * record.pattern.size() + record.requestId.size()
                   + record.peer.size());
    const auto add = [this](Part part, QByteArrayView text) {
        m_text.append(text);
        m_ends[part] = static_cast<qint32>(m_text.size());
    };
    add(Method, record.method);
    add(Path, record.path);
    add(Route, record.pattern.toUtf8());
    add(Id, record.requestId);
    add(Peer, record.peer);
}

void appendRequest(QByteArray &out, const RequestLine &line, LogFormat format)
{
    if (format == LogFormat::Json)
        appendAsJson(out, line);
    else
        appendLine(out, {line.time(), requestLevel(line), category.toByteArray(), QString::fromUtf8(requestText(line))},
                   format);
}

} // namespace quoin::server
