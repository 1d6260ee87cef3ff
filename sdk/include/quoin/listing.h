// SPDX-License-Identifier: MIT
#pragma once

#include <quoin/database.h>
#include <quoin/http.h>
#include <quoin/tasks.h>

#include <QDateTime>
#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QRegularExpression>

#include <algorithm>
#include <chrono>
#include <optional>

// Lists of rows over HTTP: filters of the query, pages by cursor, and searches that look at many rows without standing
// in anybody's way.

namespace quoin {

/// "2026-11-23T17:48:01.000042Z": RFC 3339, UTC, of microseconds since 1970.
inline QByteArray timeText(qint64 microseconds)
{
    constexpr qint64 perSecond = 1'000'000;
    const qint64 fraction = ((microseconds % perSecond) + perSecond) % perSecond;
    return QDateTime::fromSecsSinceEpoch((microseconds - fraction) / perSecond)
               .toUTC()
               .toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss"))
               .toLatin1()
        + '.' + QByteArray::number(fraction).rightJustified(6, '0') + 'Z';
}

/// Microseconds since 1970 of a time such as RFC 3339 has it, with any fraction and offset, or of a date alone: its
/// first moment in UTC. Nothing for anything else.
inline std::optional<qint64> parseTime(const QString &text)
{
    static const QRegularExpression form(QStringLiteral(
        "^(\\d{4}-\\d\\d-\\d\\d)(?:[Tt ](\\d\\d:\\d\\d:\\d\\d)(?:\\.(\\d{1,9}))?([Zz]|[+-]\\d\\d:\\d\\d))?\\z"));
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const QString clock = match.captured(2).isEmpty() ? QStringLiteral("00:00:00") : match.captured(2);
    const QString zone = match.captured(4).isEmpty() ? QStringLiteral("Z") : match.captured(4).toUpper();
    const auto time = QDateTime::fromString(match.captured(1) + QLatin1Char('T') + clock + zone, Qt::ISODate);
    if (!time.isValid())
        return std::nullopt;
    return time.toSecsSinceEpoch() * 1'000'000
        + match.captured(3).leftJustified(6, QLatin1Char('0'), true).toLongLong();
}

/// A query parameter as a time; null if it is absent, Invalid if it is none.
inline Result<std::optional<qint64>> queryTime(const Request &request, const QString &name)
{
    const auto text = request.query(name);
    if (!text)
        return std::optional<qint64>();
    if (const auto time = parseTime(*text))
        return std::optional<qint64>(time);
    return Error::invalid(QStringLiteral("Query parameter \"%1\" must be a time such as 2026-11-23T17:48:01Z or a date "
                                         "(write + as %2B).")
                              .arg(name));
}

/// A query parameter as text that is searched for: null if it is absent or empty, Invalid if it is longer than
/// 500 characters or has a NUL, which no database finds.
inline Result<QString> queryText(const Request &request, const QString &name)
{
    constexpr qsizetype longest = 500;
    const QString text = request.query(name).value_or(QString());
    if (text.size() > longest)
        return Error::invalid(QStringLiteral("Query parameter \"%1\" has %2 characters; at most %3 are looked for.")
                                  .arg(name)
                                  .arg(text.size())
                                  .arg(longest));
    if (text.contains(QChar(0)))
        return Error::invalid(QStringLiteral("Query parameter \"%1\" must not contain NUL.").arg(name));
    return text.isEmpty() ? QString() : text;
}

/// The condition that a column, an expression of type text, contains what is bound as containing(): case does not
/// matter, in SQLite that of ASCII letters.
inline QString containsCondition(Dialect dialect, const QString &column)
{
    return dialect == Dialect::Sqlite ? QStringLiteral("%1 LIKE ? ESCAPE '!'").arg(column)
                                      : QStringLiteral("%1 ILIKE ? ESCAPE '!'").arg(column);
}
inline QString containing(QString text)
{
    for (const char special : {'!', '%', '_'})
        text.replace(QLatin1Char(special), QLatin1Char('!') + QString(QLatin1Char(special)));
    return QLatin1Char('%') + text + QLatin1Char('%');
}

/// {"results":[...],"next":"..."}; next is left out if it is empty.
inline QByteArray listJson(const QByteArrayList &results, const QByteArray &next = {})
{
    QByteArray json = "{\"results\":[" + results.join(',') + ']';
    if (!next.isEmpty())
        json += ",\"next\":" + jsonString(QString::fromLatin1(next));
    return json + '}';
}

/// Rows of a table with an integer key `id`, in its order.
struct RowSelection
{
    QString table;
    QString condition; ///< SQL of the columns, its values as ?; empty: all rows.
    QVariantList values = {};
    bool isDescending = true;
    std::optional<qint64> after = {}; ///< Behind this id, in the order.
    std::optional<qint64> lowest = {};
    std::optional<qint64> highest = {};
};

/// Until when a search may go on: as long as somebody waits for it, and no longer than this.
class Patience
{
public:
    Patience(const Request &request, std::chrono::milliseconds most)
        : m_request(request)
        , m_deadline(most)
    {
    }
    bool isOver() const { return m_request.isCancelled() || m_deadline.hasExpired(); }

private:
    Request m_request;
    QDeadlineTimer m_deadline;
};

/// Walks over the rows of a selection in short read jobs, so that whatever else wants to read comes in between. Each
/// step looks at as many rows as take some 30 ms. One thread; blocks: for pool threads.
class RowSearch
{
public:
    RowSearch(const Database &database, RowSelection selection)
        : m_database(database)
        , m_selection(std::move(selection))
    {
    }

    /// Whether there is nothing behind the rows that were looked at.
    bool isAtEnd() const { return m_isAtEnd; }
    /// The id up to which rows were looked at; nothing before the first step.
    std::optional<qint64> position() const { return m_selection.after; }

    /// Looks at the next rows: what read(const Rows &) makes of each that is selected, at most `most`. Its column 0 is
    /// the id, the others follow. read is called on a database thread, perhaps for nothing: it returns a value and
    /// keeps none.
    template <class Read>
    auto step(const QString &columns, qint64 most, Read read)
        -> Result<QList<std::invoke_result_t<Read &, const Rows &>>>
    {
        QElapsedTimer clock;
        clock.start();
        auto stepped = m_database
                           .read([this, columns, most, read](Connection &connection) {
                               return look(connection, columns, most, read);
                           })
                           .result();
        if (!stepped)
            return stepped.error();
        if (stepped->last)
            m_selection.after = stepped->last;
        m_isAtEnd = stepped->isAtEnd;
        adapt(clock.elapsed());
        return std::move(stepped->values);
    }

private:
    template <class Value>
    struct Step
    {
        QList<Value> values;
        std::optional<qint64> last;
        bool isAtEnd = false;
    };

    QString bounds(QVariantList &values, std::optional<qint64> edge) const
    {
        QStringList conditions;
        const auto add = [&](const char *comparison, std::optional<qint64> id) {
            if (id) {
                conditions += QLatin1String("id ") + QLatin1String(comparison) + QLatin1String(" CAST(? AS BIGINT)");
                values += *id;
            }
        };
        add(m_selection.isDescending ? "<" : ">", m_selection.after);
        add(m_selection.isDescending ? ">=" : "<=", edge);
        add(">=", m_selection.lowest);
        add("<=", m_selection.highest);
        return conditions.isEmpty() ? QStringLiteral("1 = 1") : conditions.join(QLatin1String(" AND "));
    }
    QString order() const { return QLatin1String(m_selection.isDescending ? "id DESC" : "id"); }

    /// The last id of the rows to look at; nothing if these are all that are left.
    Result<std::optional<qint64>> edgeOf(Connection &connection) const
    {
        QVariantList values;
        const QString where = bounds(values, {});
        values += m_rows - 1;
        auto rows = connection.query(QStringLiteral("SELECT id FROM %1 WHERE %2 ORDER BY %3 LIMIT 1 OFFSET "
                                                    "CAST(? AS BIGINT)")
                                         .arg(m_selection.table, where, order()),
                                     values);
        if (!rows)
            return rows.error();
        std::optional<qint64> edge;
        if (rows->next())
            edge = rows->integer(0);
        if (const auto stepped = rows->error(); !stepped)
            return stepped.error();
        return edge;
    }

    template <class Read>
    auto look(Connection &connection, const QString &columns, qint64 most, Read read) const
        -> Result<Step<std::invoke_result_t<Read &, const Rows &>>>
    {
        const bool isFiltered = !m_selection.condition.isEmpty();
        const auto edge = isFiltered ? edgeOf(connection) : Result<std::optional<qint64>>(std::optional<qint64>());
        if (!edge)
            return edge.error();
        QVariantList values;
        QString where = bounds(values, *edge);
        if (isFiltered)
            where += QStringLiteral(" AND (%1)").arg(m_selection.condition);
        values += m_selection.values;
        values += most + 1; // one more tells whether it is the end
        auto rows = connection.query(
            QStringLiteral("SELECT id%1 FROM %2 WHERE %3 ORDER BY %4 LIMIT CAST(? AS BIGINT)")
                .arg(columns.isEmpty() ? columns : QStringLiteral(", ") + columns, m_selection.table, where, order()),
            values);
        if (!rows)
            return rows.error();
        Step<std::invoke_result_t<Read &, const Rows &>> step;
        bool hasMore = false;
        while (rows->next() && !(hasMore = step.values.size() == most)) {
            step.last = rows->integer(0);
            step.values += read(*rows);
        }
        if (const auto stepped = rows->error(); !stepped)
            return stepped.error();
        if (!hasMore) {
            step.isAtEnd = !*edge;
            step.last = *edge ? *edge : step.last;
        }
        return step;
    }

    void adapt(qint64 milliseconds)
    {
        if (milliseconds < 15)
            m_rows = std::min<qint64>(m_rows * 2, 65'536);
        else if (milliseconds > 45)
            m_rows = std::max<qint64>(m_rows / 2, 8);
    }

    const Database m_database;
    RowSelection m_selection;
    qint64 m_rows = 512; ///< Looked at by one step.
    bool m_isAtEnd = false;
};

/// A page of a list: each row as JSON, and where the next page begins; nothing if there is none. A page may have fewer
/// rows than were asked for, or none, and still be followed by others: the search for them took long, or they are
/// large.
struct RowPage
{
    QByteArrayList rows;
    std::optional<qint64> next;
};

/// Reads a page with toJson(const Rows &), a function that returns QByteArray and keeps nothing. Blocks.
template <class ToJson>
Result<RowPage> readPage(const Database &database, const RowSelection &selection, const QString &columns, qint64 limit,
                         const Patience &patience, ToJson toJson)
{
    constexpr qint64 largestStep = 250; // rows of one job
    constexpr qsizetype enoughBytes = 4 * 1024 * 1024;
    RowSearch search(database, selection);
    RowPage page;
    qsizetype bytes = 0;
    do {
        const auto found = search.step(columns, std::min(limit - page.rows.size(), largestStep), toJson);
        if (!found)
            return found.error();
        for (const QByteArray &row : *found)
            bytes += row.size();
        page.rows += *found;
    } while (!search.isAtEnd() && page.rows.size() < limit && bytes < enoughBytes && !patience.isOver());
    if (!search.isAtEnd())
        page.next = search.position();
    return page;
}

} // namespace quoin
