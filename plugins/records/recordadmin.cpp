// SPDX-License-Identifier: GPL-3.0-only
#include "recordadmin.h"

#include "recordrow.h"

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace records {

using quoin::Connection;
using quoin::Dialect;
using quoin::Error;
using quoin::Patience;
using quoin::Request;
using quoin::Response;
using quoin::Result;
using quoin::Rows;
using quoin::RowSearch;
using quoin::RowSelection;

namespace {

constexpr qint64 smallest = std::numeric_limits<qint64>::min();
constexpr qint64 largest = std::numeric_limits<qint64>::max();

/// created, size, the data unless it is large, and whether it is JSON: in SQLite anybody can store anything.
QString columns(Dialect dialect)
{
    const bool isSqlite = dialect == Dialect::Sqlite;
    const QString text = dataColumn(dialect);
    const QString size = isSqlite ? u"length(%1)"_s.arg(text) : u"octet_length(%1)"_s.arg(text);
    return u"created, coalesce(%1, 4), CASE WHEN %1 <= %2 THEN %3 END, "
           "CASE WHEN json IS NULL THEN 1 WHEN %1 <= %2 THEN %4 END"_s.arg(size)
               .arg(RecordAdmin::largestShown)
               .arg(text, isSqlite ? u"json_valid(CAST(json AS TEXT))"_s : u"1"_s);
}

QByteArray recordJson(const Rows &row)
{
    QByteArray json = "{\"id\":" + QByteArray::number(row.integer(0));
    if (!row.isNull(1))
        json += ",\"created\":\"" + quoin::timeText(row.integer(1)) + '"';
    json += ",\"size\":" + QByteArray::number(row.integer(2));
    if (row.isNull(4))
        return json + ",\"truncated\":true}";
    const QByteArray text = textOf(row, 3);
    if (row.integer(4) == 0)
        return json + ",\"invalid\":true,\"text\":" + quoin::jsonString(QString::fromUtf8(text)) + '}';
    return json + ",\"data\":" + text + '}';
}

void addCondition(RowSelection &selection, const QString &condition)
{
    selection.condition += selection.condition.isEmpty() ? condition : u" AND "_s + condition;
}

/// The ways to write the text within a JSON string: as it is, with quotes and the like escaped, and with everything
/// escaped that is not ASCII, as Python writes it.
QStringList spellings(const QString &text)
{
    const QByteArray quoted = quoin::jsonString(text);
    const QString escaped = QString::fromUtf8(quoted.sliced(1, quoted.size() - 2));
    QString ascii;
    for (const QChar character : escaped)
        ascii += character.unicode() < 128 ? QString(character)
                                           : u"\\u%1"_s.arg(character.unicode(), 4, 16, QChar(u'0'));
    QStringList all{text, escaped, ascii};
    all.removeDuplicates();
    return all;
}

const QStringList filters{u"text"_s, u"from"_s, u"to"_s, u"id_from"_s, u"id_to"_s, u"order"_s};

} // namespace

QByteArray RecordAdmin::cursorOf(const Position &position)
{
    const auto number = [](std::optional<qint64> id) { return id ? QByteArray::number(*id) : QByteArray(); };
    return (position.isDescending ? "d." : "a.") + number(position.after) + '.' + number(position.last);
}

Result<RecordAdmin::Position> RecordAdmin::positionOf(const Request &request)
{
    Position position;
    const QString order = request.query(u"order"_s).value_or(u"desc"_s);
    if (order != u"desc"_s && order != u"asc"_s)
        return Error::invalid(u"Query parameter \"order\" must be asc or desc."_s);
    position.isDescending = order == u"desc"_s;
    const auto cursor = request.query(u"after"_s);
    if (!cursor)
        return position;
    static const QRegularExpression form(u"^([ad])\\.(-?\\d{1,19})?\\.(-?\\d{1,19})?\\z"_s);
    const auto match = form.match(*cursor);
    bool isGood = match.hasMatch() && (match.captured(1) == u"d"_s) == position.isDescending;
    const auto number = [&](int group) {
        if (match.captured(group).isEmpty())
            return std::optional<qint64>();
        bool isNumber = false;
        const auto id = std::optional(match.captured(group).toLongLong(&isNumber));
        isGood = isGood && isNumber;
        return id;
    };
    position.after = number(2);
    position.last = number(3);
    if (!isGood)
        return Error::invalid(u"Query parameter \"after\" is no cursor of a list in this order: use the \"next\" of "
                              "the page before, with the same \"order\"."_s);
    return position;
}

Result<> RecordAdmin::selectTimes(const Request &request, RowSelection &selection) const
{
    const auto from = quoin::queryTime(request, u"from"_s);
    const auto to = quoin::queryTime(request, u"to"_s);
    if (!from || !to)
        return from ? to.error() : from.error();
    if (!*from && !*to)
        return {};
    const QVariantList times{from->value_or(smallest), to->value_or(largest)};
    // The ids of that time, by the index on it alone; + 0, or PostgreSQL would look for the first along all ids.
    const auto span = m_database
                          .read([times](Connection &connection) -> Result<QPair<qint64, qint64>> {
                              auto rows = connection.query(u"SELECT min(id + 0), max(id + 0) FROM record "
                                                           "WHERE created >= ? AND created < ?"_s,
                                                           times);
                              if (!rows)
                                  return rows.error();
                              if (rows->next() && !rows->isNull(0))
                                  return qMakePair(rows->integer(0), rows->integer(1));
                              const auto read = rows->error();
                              return read ? Result(qMakePair(largest, smallest)) : read.error();
                          })
                          .result();
    if (!span)
        return span.error();
    selection.lowest = std::max(selection.lowest.value_or(smallest), span->first);
    selection.highest = std::min(selection.highest.value_or(largest), span->second);
    addCondition(selection, u"created >= ? AND created < ?"_s);
    selection.values += times;
    return {};
}

Result<> RecordAdmin::selectText(const Request &request, RowSelection &selection) const
{
    const auto text = quoin::queryText(request, u"text"_s);
    if (!text || text->isNull())
        return text ? Result<>() : text.error();
    QStringList conditions;
    for (const QString &spelling : spellings(*text)) {
        conditions += quoin::containsCondition(m_database.dialect(), u"CAST(json AS TEXT)"_s);
        selection.values += quoin::containing(spelling);
    }
    addCondition(selection, u'(' + conditions.join(u" OR "_s) + u')');
    return {};
}

Result<RowSelection> RecordAdmin::selection(const Request &request, const Position &position) const
{
    const auto lowest = request.queryInteger(u"id_from"_s, smallest, smallest, largest);
    const auto highest = request.queryInteger(u"id_to"_s, largest, smallest, largest);
    if (!lowest || !highest)
        return lowest ? highest.error() : lowest.error();
    RowSelection selection{u"record"_s, {}};
    selection.isDescending = position.isDescending;
    selection.after = position.after;
    if (*lowest != smallest)
        selection.lowest = *lowest;
    if (const qint64 end = std::min(*highest, position.last.value_or(largest)); end != largest)
        selection.highest = end;
    if (const auto selected = selectTimes(request, selection); !selected)
        return selected.error();
    if (const auto selected = selectText(request, selection); !selected)
        return selected.error();
    return selection;
}

Result<Response> RecordAdmin::list(const Request &request) const
{
    if (const auto fault = request.expectQueries(filters + QStringList{u"limit"_s, u"after"_s}); !fault)
        return fault.error();
    const auto limit = request.queryInteger(u"limit"_s, 100, 1, 1000);
    if (!limit)
        return limit.error();
    auto position = positionOf(request);
    if (!position)
        return position.error();
    const auto selected = selection(request, *position);
    if (!selected)
        return selected.error();
    const auto page = quoin::readPage(m_database, *selected, columns(m_database.dialect()), *limit,
                                      Patience(request, 3s), recordJson);
    if (!page)
        return page.error();
    position->after = page->next;
    return Response::json(quoin::listJson(page->rows, page->next ? cursorOf(*position) : QByteArray()));
}

Result<qint64> RecordAdmin::lastId() const
{
    return m_database
        .read([](Connection &connection) -> Result<qint64> {
            auto rows = connection.query(u"SELECT max(id) FROM record"_s);
            if (!rows)
                return rows.error();
            const qint64 last = rows->next() ? rows->integer(0) : 0;
            const auto read = rows->error();
            return read ? Result(last) : read.error();
        })
        .result();
}

Result<Response> RecordAdmin::positions(const Request &request) const
{
    if (const auto fault = request.expectQueries(filters + QStringList{u"every"_s, u"last"_s}); !fault)
        return fault.error();
    const auto every = request.queryInteger(u"every"_s, 500, 1, 100'000);
    const auto given = request.queryInteger(u"last"_s, largest, smallest, largest);
    auto position = positionOf(request);
    if (!every || !given || !position)
        return !every ? every.error() : !given ? given.error() : position.error();
    const auto last = *given == largest ? lastId() : given;
    if (!last)
        return last.error();
    position->last = *last;
    const auto selected = selection(request, *position);
    if (!selected)
        return selected.error();

    const Patience patience(request, 25s);
    RowSearch search(m_database, *selected);
    QByteArrayList cursors;
    qint64 count = 0;
    while (!search.isAtEnd()) {
        if (patience.isOver())
            return Error::unavailable(u"Counting the records took too long: narrow the filter."_s);
        const auto ids = search.step({}, 20'000, [](const Rows &row) { return row.integer(0); });
        if (!ids)
            return ids.error();
        for (const qint64 id : *ids) {
            if (count++ % *every == 0)
                cursors += '"' + cursorOf(*position) + '"';
            position->after = id;
        }
    }
    return Response::json("{\"count\":" + QByteArray::number(count) + ",\"every\":" + QByteArray::number(*every)
                          + ",\"cursors\":[" + cursors.join(',') + "],\"last\":" + QByteArray::number(*last) + '}');
}

} // namespace records
