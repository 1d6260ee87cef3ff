// SPDX-License-Identifier: GPL-3.0-only
#include "log/logformat.h"

#include "log/jsonline.h"

#include <QRegularExpression>
#include <QSet>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

const QSet<QString> reservedNames{u"time"_s, u"level"_s, u"category"_s, u"message"_s};

QByteArray colourOf(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return "\x1b[2m"; // faint
    case QtWarningMsg:
        return "\x1b[33m"; // yellow
    case QtCriticalMsg:
    case QtFatalMsg:
        return "\x1b[1;31m"; // bold red
    case QtInfoMsg:
        break;
    }
    return "\x1b[32m"; // green
}

QString unescaped(const QString &quoted)
{
    QString text;
    for (qsizetype i = 0; i < quoted.size(); ++i) {
        const bool isEscape = quoted[i] == u'\\' && i + 1 < quoted.size();
        const QChar next = isEscape ? quoted[++i] : quoted[i];
        text += isEscape && next == u'n' ? QChar(u'\n') : next;
    }
    return text;
}

bool isDangerous(QChar character)
{
    const char16_t code = character.unicode();
    const bool isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const bool isBreak = code == 0x2028 || code == 0x2029;
    // Bidirectional overrides can make a line read as another one.
    const bool isOverride = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return isControl || isBreak || isOverride;
}

void appendText(QByteArray &out, const LogLine &line, bool isColoured)
{
    const QByteArrayView level = levelName(line.type);
    out += logTime(line.time) + ' ';
    if (isColoured)
        out += colourOf(line.type);
    out += level;
    if (isColoured)
        out += "\x1b[0m";
    out += QByteArray(9 - level.size(), ' ') + line.category + ": " + escapedForLog(line.message).toUtf8() + '\n';
}

void appendJson(QByteArray &out, const LogLine &line)
{
    const LogEvent event = takeApart(line.message);
    JsonLine json;
    json.add("time", logTime(line.time));
    json.add("level", levelName(line.type));
    json.add("category", line.category);
    json.add("message", event.event);
    for (const auto &fact : event.facts) {
        if (fact.isNumber)
            json.add(fact.name.toUtf8(), fact.value.toLongLong());
        else
            json.add(fact.name.toUtf8(), fact.value);
    }
    json.finish(out);
}

} // namespace

LogEvent takeApart(const QString &message)
{
    static const QRegularExpression form(u" +([a-z][a-z0-9_]*)=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s\"]*))(?= |$)"_s,
                                         QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression number(u"^(?:0|-?[1-9][0-9]{0,15})$"_s);

    LogEvent taken;
    QSet<QString> seen = reservedNames;
    qsizetype end = 0;
    for (auto matches = form.globalMatch(message); matches.hasNext();) {
        const auto match = matches.next();
        const QString name = match.captured(1);
        if (seen.contains(name))
            continue;
        seen.insert(name);
        taken.event += QStringView(message).mid(end, match.capturedStart() - end);
        end = match.capturedEnd();
        const bool isQuoted = match.hasCaptured(2);
        const QString value = isQuoted ? unescaped(match.captured(2)) : match.captured(3);
        taken.facts.append({name, value, !isQuoted && number.match(value).hasMatch()});
    }
    taken.event += QStringView(message).mid(end);
    return taken;
}

void appendLine(QByteArray &out, const LogLine &line, LogFormat format)
{
    if (format == LogFormat::Json)
        appendJson(out, line);
    else
        appendText(out, line, format == LogFormat::ColouredText);
}

QByteArray logTime(std::chrono::system_clock::time_point time)
{
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<milliseconds>(time - day));
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return text.data();
}

QByteArrayView levelName(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return "debug";
    case QtInfoMsg:
        return "info";
    case QtWarningMsg:
        return "warning";
    case QtCriticalMsg:
        return "critical";
    case QtFatalMsg:
        return "fatal";
    }
    Q_UNREACHABLE();
}

QString escapedForLog(const QString &text)
{
    if (std::ranges::none_of(text, isDangerous))
        return text;
    QString escaped;
    for (const QChar character : text) {
        const char16_t code = character.unicode();
        if (!isDangerous(character))
            escaped += character;
        else if (code == u'\n')
            escaped += u"\\n"_s;
        else if (code == u'\t')
            escaped += u' ';
        else if (code < 0x100)
            escaped += u"\\x%1"_s.arg(code, 2, 16, QChar(u'0'));
        else
            escaped += u"\\u%1"_s.arg(code, 4, 16, QChar(u'0'));
    }
    return escaped;
}

} // namespace quoin::server
