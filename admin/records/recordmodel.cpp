// SPDX-License-Identifier: GPL-3.0-only
#include "records/recordmodel.h"

#include "records/background.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

namespace {

constexpr int pageRows = Snapshot::pageRows;

} // namespace

struct RecordModel::FirstRows
{
    QList<JsonPath> paths;
    Page rows;
    QStringList names;
};

RecordModel::RecordModel(QObject *parent)
    : QAbstractTableModel(parent)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(40ms);
    connect(&m_soon, &QTimer::timeout, this, &RecordModel::fetchWanted);
}

void RecordModel::setSession(Session *session)
{
    if (m_session) {
        disconnect(m_session, nullptr, this, nullptr);
        disconnect(&m_session->reachability(), nullptr, this, nullptr);
    }
    m_session = session;
    clear();
    if (!session)
        return;
    connect(session, &Session::changed, this, [this](const QString &what, const QJsonObject &data) {
        if (what == u"records")
            lookForNew(data);
    });
    connect(&session->reachability(), &Reachability::cameOnline, this, [this] {
        if (!m_isLoaded || (!m_snapshot.isCounted && m_problem))
            reload();
        else
            showRows(m_firstSeen, m_lastSeen);
    });
}

void RecordModel::setQuery(const RecordQuery &query)
{
    m_snapshot.query = query;
    clear();
    reload();
}

void RecordModel::setPaths(const QList<JsonPath> &paths)
{
    beginResetModel();
    m_paths = paths;
    m_chosen = 0;
    m_pages.clear();
    qDeleteAll(m_fetches);
    m_fetches.clear();
    ++m_era;
    endResetModel();
    if (m_first)
        reload();
    else if (m_isLoaded)
        m_soon.start();
}

void RecordModel::choosePaths(int count)
{
    beginResetModel();
    m_paths.clear();
    m_chosen = count;
    endResetModel();
}

void RecordModel::cancel()
{
    ++m_era; // what is being read for the rows of before comes too late
    m_soon.stop();
    delete m_first;
    delete m_counting;
    delete m_looking;
    delete m_locating;
    qDeleteAll(m_fetches);
    m_fetches.clear();
}

void RecordModel::clear()
{
    cancel();
    beginResetModel();
    m_pages.clear();
    m_snapshot = {m_snapshot.query, {}, 0, 0, false};
    m_next.clear();
    m_problem = {};
    m_rows = m_firstSeen = m_lastSeen = 0;
    m_isLoaded = false;
    endResetModel();
    if (std::exchange(m_new, 0) > 0)
        Q_EMIT newRecordsChanged();
    Q_EMIT stateChanged();
}

void RecordModel::reload()
{
    cancel();
    m_problem = {};
    if (!m_session)
        return;
    m_first = new PageFetch(m_session, m_snapshot.query, {}, pageRows, this);
    connect(m_first, &PageFetch::finished, this, &RecordModel::takeFirst);
    Q_EMIT stateChanged();
}

void RecordModel::takeFirst()
{
    const auto records = m_first->records();
    const QString next = m_first->next();
    m_problem = m_first->problem();
    if (m_problem) {
        m_first->deleteLater();
        m_first = nullptr;
        Q_EMIT stateChanged();
        return;
    }
    const auto read = [records, paths = m_paths, chosen = m_chosen] {
        FirstRows first{paths, {}, namesIn(records)};
        for (const QString &name : first.names.first(std::min<qsizetype>(chosen, first.names.size())))
            first.paths << JsonPath::ofName(name);
        first.rows = rowsOf(records, first.paths);
        return first;
    };
    inBackground(this, read, [this, next, era = m_era](FirstRows first) {
        if (era == m_era)
            showFirst(std::move(first), next);
    });
}

void RecordModel::showFirst(FirstRows first, const QString &next)
{
    Page &rows = first.rows;
    m_first->deleteLater();
    m_first = nullptr;
    beginResetModel();
    m_paths = first.paths;
    m_chosen = rows.isEmpty() ? m_chosen : 0;
    m_rows = static_cast<int>(rows.size());
    m_snapshot = {m_snapshot.query, {QString()}, m_rows, rows.isEmpty() ? 0 : rows.first().id, next.isEmpty()};
    if (!m_snapshot.query.isDescending)
        m_snapshot.last = rows.isEmpty() ? 0 : rows.last().id;
    m_pages = {{0, std::move(rows)}};
    m_next = next;
    m_firstSeen = 0;
    m_lastSeen = std::min(m_rows, pageRows) - 1;
    m_isLoaded = true;
    endResetModel();
    if (std::exchange(m_new, 0) > 0)
        Q_EMIT newRecordsChanged();
    count();
    Q_EMIT namesSeen(first.names);
    Q_EMIT stateChanged();
}

// Where each page begins. Without a filter the newest record is known already, so that the count is of what is shown;
// else the first page is asked for again as it is in the snapshot.
void RecordModel::count()
{
    if (!m_session->endpoints().has(u"GET"_s, u"/admin/v1/records/positions"_s))
        return;
    Query query = m_snapshot.query.withOrder();
    query << std::pair(u"every"_s, QString::number(pageRows));
    const bool isWhole = m_snapshot.query.isDescending && m_snapshot.query.filter.isEmpty() && m_rows > 0;
    if (isWhole)
        query << std::pair(u"last"_s, QString::number(m_snapshot.last));
    m_counting = m_session->api().send({.path = u"/admin/v1/records/positions"_s, .query = query, .patience = 60s},
                                       this);
    m_counting->then(this, [this](const ApiReply &reply) {
        m_counting = nullptr;
        takeCount(reply);
        if (m_isNewsWaiting)
            lookForNew({});
    });
}

void RecordModel::takeCount(const ApiReply &reply)
{
    if (!reply.isOk()) {
        m_problem = reply.problem(); // the rows go on page by page without a count
        Q_EMIT stateChanged();
        return;
    }
    const QJsonObject positions = reply.object();
    const auto cursors = positions[u"cursors"_s].toArray();
    const qint64 last = positions[u"last"_s].toInteger();
    const bool isSameBeginning = last == m_snapshot.last || !m_snapshot.query.isDescending;
    m_snapshot.count = positions[u"count"_s].toInteger();
    m_snapshot.last = last;
    m_snapshot.isCounted = true;
    m_snapshot.cursors.clear();
    for (const auto &cursor : cursors)
        m_snapshot.cursors << cursor.toString();
    m_next.clear();
    // As many as a table takes: its height in pixels is an int.
    const int rows = static_cast<int>(std::clamp<qint64>(m_snapshot.count, 0, 40'000'000));
    if (rows > m_rows) {
        beginInsertRows({}, m_rows, rows - 1);
        m_rows = rows;
        endInsertRows();
    } else {
        shortenTo(rows);
    }
    if (!isSameBeginning)
        fetch(0);
    m_soon.start();
    Q_EMIT stateChanged();
}

void RecordModel::shortenTo(int rows)
{
    if (rows >= m_rows)
        return;
    beginRemoveRows({}, rows, m_rows - 1);
    m_rows = rows;
    endRemoveRows();
}

} // namespace admin
