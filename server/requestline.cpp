// SPDX-License-Identifier: GPL-3.0-only
#include "requestline.h"

#include "jsonline.h"

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

constexpr QByteArrayView category = "quoin.http.request";

QtMsgType levelOf(const RequestLine &line)
{
    return line.status >= 500 ? QtWarningMsg : QtInfoMsg;
}

QByteArray milliseconds(std::chrono::nanoseconds duration)
{
    return QByteArray::number(static_cast<double>(duration.count()) / 1e6, 'f', 3);
}

/// A fact whose value came from outside: quoted, so that it cannot pretend to be another fact.
QByteArray quoted(const QByteArray &value)
{
    QString text = QString::fromUtf8(value);
    text.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s);
    return '"' + escapedForLog(text).toUtf8() + '"';
}

QByteArray textOf(const RequestLine &line)
{
    QByteArray text = "request method=" + line.method + " path=" + quoted(line.path);
    text += " status=" + QByteArray::number(line.status) + " bytes=" + QByteArray::number(line.bytes);
    text += " ms=" + milliseconds(line.duration) + " id=" + line.id;
    if (!line.route.isEmpty())
        text += " route=" + line.route;
    return text + " peer=" + line.peer;
}

} // namespace

void appendRequest(QByteArray &out, const RequestLine &line, LogFormat format)
{
    if (format != LogFormat::Json)
        return appendLine(out, {line.time, levelOf(line), category.toByteArray(), QString::fromUtf8(textOf(line))}, format);

    JsonLine json;
    json.add("time", logTime(line.time));
    json.add("level", levelName(levelOf(line)));
    json.add("category", category);
    json.add("message", "request");
    json.add("method", line.method);
    json.add("path", QString::fromUtf8(line.path)); // through QString: JSON must be UTF-8, whatever a client sent
    json.add("status", line.status);
    json.add("bytes", line.bytes);
    json.addNumber("ms", milliseconds(line.duration));
    json.add("id", QString::fromUtf8(line.id));
    json.add("route", line.route);
    json.add("peer", line.peer);
    json.finish(out);
}

} // namespace quoin::server
