// SPDX-License-Identifier: GPL-3.0-only
// RecordModel: the pages that are fetched as they are seen, and what is new.
#include "records/background.h"
#include "records/recordmodel.h"

#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

constexpr int pageRows = Snapshot::pageRows;
constexpr qsizetype mostFetches = 3; // so that other requests of the window find a connection free

} // namespace

void RecordModel::showRows(int first, int last)
{
    m_firstSeen = std::max(0, first);
    m_lastSeen = std::clamp(last, m_firstSeen, std::max(m_firstSeen, m_rows - 1));
    if (m_isLoaded && !m_soon.isActive())
        m_soon.start();
}

bool RecordModel::isNear(int page) const
{
    return page >= m_firstSeen / pageRows - 1 && page <= m_lastSeen / pageRows + 1;
}

bool RecordModel::isComplete() const
{
    if (!m_isLoaded || m_first || m_counting)
        return false;
    for (int page = m_firstSeen / pageRows; page <= m_lastSeen / pageRows && page < m_snapshot.cursors.size(); ++page) {
        if (!m_pages.contains(page))
            return false;
    }
    return true;
}

void RecordModel::fetchWanted()
{
    const int first = m_firstSeen / pageRows, last = m_lastSeen / pageRows;
    QList<int> wanted; // what is seen, then what is next to it
    for (int page = first; page <= last; ++page)
        wanted << page;
    wanted << last + 1 << first - 1;
    wanted.removeIf(
        [this](int page) { return page < 0 || page >= m_snapshot.cursors.size() || m_pages.contains(page); });
    // What was scrolled past must not keep what is seen waiting.
    if (!wanted.isEmpty() && m_fetches.size() >= mostFetches) {
        m_fetches.removeIf([this](std::pair<const int &, QPointer<PageFetch> &> entry) {
            const bool isPast = !isNear(entry.first);
            if (isPast)
                delete entry.second;
            return isPast;
        });
    }
    for (const int page : wanted) {
        if (m_fetches.size() < mostFetches && !m_fetches.contains(page))
            fetch(page);
    }
}

void RecordModel::fetch(int page)
{
    if (!m_session)
        return;
    const qint64 wanted = m_snapshot.isCounted ? std::min<qint64>(pageRows, m_rows - qint64(page) * pageRows)
                                               : pageRows;
    auto *fetch = new PageFetch(m_session, m_snapshot.query, m_snapshot.cursors.value(page), int(wanted), this);
    m_fetches.insert(page, fetch);
    connect(fetch, &PageFetch::finished, this, [this, page] { takePage(page); });
}

void RecordModel::takePage(int page)
{
    PageFetch *fetch = m_fetches.take(page);
    fetch->deleteLater();
    m_problem = fetch->problem();
    if (m_problem) {
        Q_EMIT stateChanged();
        return; // tried again when it is scrolled, or the server is back
    }
    // A page that begins behind all the others: the list is not counted.
    const bool isNew = !m_snapshot.isCounted && page == m_snapshot.cursors.size() - 1 && !m_pages.contains(page);
    if (isNew)
        m_next = fetch->next();
    inBackground(
        this, [records = fetch->records(), paths = m_paths] { return rowsOf(records, paths); },
        [this, page, era = m_era](Page rows) {
            if (era == m_era)
                keep(page, std::move(rows));
        });
}

void RecordModel::keep(int page, Page rows)
{
    const int begin = page * pageRows, end = begin + static_cast<int>(rows.size());
    m_pages.insert(page, std::move(rows));
    if (end > m_rows && !m_snapshot.isCounted) {
        beginInsertRows({}, m_rows, end - 1);
        m_rows = end;
        endInsertRows();
        m_snapshot.count = m_rows;
        m_snapshot.isCounted = m_next.isEmpty();
    }
    dropFarPages();
    if (begin < m_rows)
        Q_EMIT dataChanged(index(begin, 0), index(std::min(begin + pageRows, m_rows) - 1, columnCount() - 1));
    m_soon.start(); // there may be more that is seen
    Q_EMIT stateChanged();
}

void RecordModel::dropFarPages()
{
    const int middle = (m_firstSeen + m_lastSeen) / 2 / pageRows;
    while (m_pages.size() > mostPages) {
        const auto keys = m_pages.keys();
        m_pages.remove(*std::ranges::max_element(keys, {}, [middle](int page) { return std::abs(page - middle); }));
    }
}

bool RecordModel::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && m_isLoaded && !m_snapshot.isCounted && !m_counting && !m_next.isEmpty()
        && m_fetches.isEmpty();
}

void RecordModel::fetchMore(const QModelIndex &parent)
{
    if (!canFetchMore(parent))
        return;
    if (m_pages.contains(static_cast<int>(m_snapshot.cursors.size()) - 1)
        || m_rows >= m_snapshot.cursors.size() * pageRows)
        m_snapshot.cursors << m_next;
    fetch(static_cast<int>(m_snapshot.cursors.size()) - 1);
}

// How many records came after the snapshot that match: the server counts them, which is quick, for they are few.
void RecordModel::lookForNew(const QJsonObject &data)
{
    if (!m_isLoaded || !m_session)
        return;
    m_isNewsWaiting = m_looking || m_first || m_counting;
    if (m_isNewsWaiting)
        return;
    if (data.contains(u"last"_s) && data[u"last"_s].toInteger() <= m_snapshot.last)
        return;
    if (m_rows == 0 && m_snapshot.query.filter.isEmpty()) {
        reload(); // nothing is there that could move
        return;
    }
    if (!m_session->endpoints().has(u"GET"_s, u"/admin/v1/records/positions"_s))
        return;
    RecordQuery query = m_snapshot.query;
    const qint64 from = std::max(query.value(u"id_from"_s).toLongLong(), m_snapshot.last + 1);
    query.filter.removeIf([](const auto &entry) { return entry.first == u"id_from"; });
    query.filter << std::pair(u"id_from"_s, QString::number(from)) << std::pair(u"every"_s, u"100000"_s);
    m_looking = m_session->api().get(u"/admin/v1/records/positions"_s, query.withOrder(), this);
    m_looking->then(this, [this](const ApiReply &reply) {
        m_looking = nullptr;
        const qint64 count = reply.isOk() ? reply.object()[u"count"_s].toInteger() : m_new;
        if (std::exchange(m_new, count) != count)
            Q_EMIT newRecordsChanged();
        if (m_isNewsWaiting)
            lookForNew({});
    });
}

// As many rows are before it as there are records between it and the beginning.
void RecordModel::locate(qint64 id)
{
    delete m_locating;
    if (const int row = rowOfId(id); row >= 0 || !m_session || !m_snapshot.isCounted) {
        Q_EMIT located(id, row);
        return;
    }
    RecordQuery query = m_snapshot.query;
    const bool isDescending = query.isDescending;
    const QString bound = isDescending ? u"id_from"_s : u"id_to"_s;
    query.filter.removeIf([&bound](const auto &entry) { return entry.first == bound; });
    query.filter << std::pair(bound, QString::number(id)) << std::pair(u"every"_s, u"100000"_s)
                 << std::pair(u"last"_s, QString::number(m_snapshot.last));
    m_locating = m_session->api().get(u"/admin/v1/records/positions"_s, query.withOrder(), this);
    m_locating->then(this, [this, id](const ApiReply &reply) {
        m_locating = nullptr;
        const qint64 count = reply.isOk() ? reply.object()[u"count"_s].toInteger() : 0;
        Q_EMIT located(id, count > 0 && count <= m_rows ? static_cast<int>(count - 1) : -1);
    });
}

} // namespace admin
