// SPDX-License-Identifier: GPL-3.0-only
#include "admin/logtail.h"

#include "admin/adminjson.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

using supervisor::LogEntry;

constexpr qint64 patience = 1'000'000; // microseconds that a number may have no line

constexpr std::array levels{QtDebugMsg, QtInfoMsg, QtWarningMsg, QtCriticalMsg, QtFatalMsg};

int rankOf(QtMsgType type) { return static_cast<int>(std::ranges::find(levels, type) - levels.begin()); }

/// The lines up to the first gap that may still be filled.
QList<LogEntry> settled(QList<LogEntry> entries, quint64 after, qint64 now)
{
    quint64 expected = after != 0 || entries.isEmpty() ? after + 1 : entries.first().sequence;
    for (qsizetype i = 0; i < entries.size(); ++i) {
        const bool isGap = entries[i].sequence > expected;
        if (isGap && entries[i].time > now - patience && entries[i].time <= now + patience) {
            entries.resize(i);
            break;
        }
        expected = entries[i].sequence + 1;
    }
    return entries;
}

void insertFact(QJsonObject &fields, const LogEvent::Fact &fact)
{
    bool isDuration = fact.name == u"ms"_s;
    const double duration = isDuration ? fact.value.toDouble(&isDuration) : 0;
    if (fact.isNumber)
        fields.insert(fact.name, fact.value.toLongLong());
    else if (isDuration)
        fields.insert(fact.name, duration);
    else
        fields.insert(fact.name, fact.value);
}

} // namespace

std::optional<int> logRank(QByteArrayView level)
{
    for (const QtMsgType type : levels) {
        if (levelName(type) == level)
            return rankOf(type);
    }
    return std::nullopt;
}

QString LogCursor::toText() const { return QString::number(instance, 36) + u'-' + QString::number(sequence); }

Result<LogCursor> LogCursor::parse(const QString &text)
{
    const QStringList parts = text.split(u'-');
    bool isInstance = false;
    bool isSequence = false;
    LogCursor cursor;
    cursor.instance = parts.value(0).toULongLong(&isInstance, 36);
    cursor.sequence = parts.value(1).toULongLong(&isSequence);
    if (!isInstance || !isSequence || cursor.toText() != text)
        return Error::invalid(
            u"\"%1\" is no cursor of this list: take \"next\" of the page before."_s.arg(text.left(100)));
    return cursor;
}

LogRow LogRow::of(const LogEntry &entry)
{
    LogRow row;
    row.sequence = entry.sequence;
    row.time = std::clamp<qint64>(entry.time, 0, qint64(253402300799) * 1'000'000); // to the end of year 9999
    row.pid = entry.pid;
    row.isCut = entry.isCut;
    const auto type = static_cast<QtMsgType>(entry.level);
    row.type = std::ranges::find(levels, type) != levels.end() ? type : QtInfoMsg;
    row.category = QString::fromUtf8(entry.category);
    row.message = QString::fromUtf8(entry.text);
    row.event = takeApart(row.message);
    return row;
}

/// In lines about HTTP a request's id is called id, as in the log; elsewhere that is something else's.
QString LogRow::requestId() const
{
    const bool isHttp = category.startsWith(u"quoin.http"_s);
    for (const LogEvent::Fact &fact : event.facts) {
        if (fact.name == u"request_id"_s || (isHttp && fact.name == u"id"_s))
            return fact.value;
    }
    return {};
}

bool LogRow::matches(const LogFilter &filter) const
{
    if (rankOf(type) < filter.least)
        return false;
    if (!filter.requestId.isEmpty() && requestId() != filter.requestId)
        return false;
    return filter.text.isEmpty() || message.contains(filter.text, Qt::CaseInsensitive)
        || category.contains(filter.text, Qt::CaseInsensitive);
}

QJsonObject LogRow::toJson() const
{
    QJsonObject object{{u"sequence"_s, static_cast<qint64>(sequence)},
                       {u"time"_s, apiTime(time)},
                       {u"level"_s, QString::fromLatin1(levelName(type))},
                       {u"category"_s, category},
                       {u"pid"_s, pid},
                       {u"message"_s, event.event}};
    QJsonObject fields;
    for (const LogEvent::Fact &fact : event.facts)
        insertFact(fields, fact);
    if (!fields.isEmpty())
        object.insert(u"fields"_s, fields);
    if (const QString id = requestId(); !id.isEmpty())
        object.insert(u"request_id"_s, id);
    if (isCut)
        object.insert(u"truncated"_s, true);
    return object;
}

LogPage logPage(const supervisor::LogRing &ring, quint64 instance, const LogFilter &filter, qsizetype limit,
                const std::optional<LogCursor> &after, qint64 nowMicroseconds)
{
    const bool isSame = after && after->instance == instance; // else the server has started again: all of it is new
    const quint64 from = isSame ? after->sequence : 0;
    const QList<LogEntry> entries = settled(ring.after(from), from, nowMicroseconds);

    LogPage page;
    page.next = {instance, from};
    quint64 seen = 0;
    for (const LogEntry &entry : entries) {
        if (after && page.rows.size() == limit)
            break;
        ++seen;
        page.next.sequence = entry.sequence;
        if (LogRow row = LogRow::of(entry); row.matches(filter))
            page.rows.append(std::move(row));
    }
    if (page.rows.size() > limit) // the newest, without a cursor
        page.rows = page.rows.last(limit);
    if (isSame && page.next.sequence > from)
        page.missed = page.next.sequence - from - seen;
    return page;
}

} // namespace quoin::server
