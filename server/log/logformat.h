// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>
#include <QtGlobal>

#include <chrono>

namespace quoin::server {

enum class LogFormat { Text, ColouredText, Json };

/// One message of Qt. Its text is an event and its facts: `task failed kind=sip.verify id=7 error="..."`.
struct LogLine
{
    std::chrono::system_clock::time_point time;
    QtMsgType type = QtInfoMsg;
    QByteArray category;
    QString message;
};

/// A message taken apart: "task failed kind=sip.verify id=7" is the event "task failed" and two facts. A fact is a name
/// of small letters, digits and '_', '=', and a value up to the next space or in double quotes with backslash escapes.
/// What is no fact stays in the event.
struct LogEvent
{
    struct Fact
    {
        QString name;
        QString value;
        bool isNumber = false; ///< Written without quotes: a whole number.
    };
    QString event;
    QList<Fact> facts;
};
LogEvent takeApart(const QString &message);

/// Writes one line, with its line break, at the end of out. What could pass for another line or steer a terminal is
/// escaped.
void appendLine(QByteArray &out, const LogLine &line, LogFormat format);

/// "2026-11-23T17:48:02.250Z": RFC 3339, UTC.
QByteArray logTime(std::chrono::system_clock::time_point time);

/// The word of a level: debug, info, warning, critical, fatal.
QByteArrayView levelName(QtMsgType type);

/// Text with control characters, bidirectional overrides and line separators spelled out: "\n", "\x1b", "\u202e".
QString escapedForLog(const QString &text);

} // namespace quoin::server
