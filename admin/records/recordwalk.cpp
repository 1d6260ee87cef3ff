// SPDX-License-Identifier: GPL-3.0-only
#include "records/recordwalk.h"

#include <algorithm>
#include <limits>

using namespace std::chrono_literals;

namespace admin {

namespace {

constexpr int pageRows = Snapshot::pageRows, mostFailures = 5;

bool mayPass(const Problem &problem)
{
    using Kind = Problem::Kind;
    return problem.kind == Kind::Offline || problem.kind == Kind::Timeout || problem.status == 429
        || problem.status == 503;
}

} // namespace

RowRange allRows(const Snapshot &snapshot)
{
    return {0, snapshot.isCounted ? snapshot.count - 1 : std::numeric_limits<qint64>::max() - 1};
}

qint64 rowsIn(const QList<RowRange> &ranges)
{
    qint64 rows = 0;
    for (const RowRange &range : ranges)
        rows += range.last - range.first + 1;
    return rows;
}

RecordWalk::RecordWalk(Session *session, Snapshot snapshot, QList<RowRange> ranges, QObject *parent)
    : QObject(parent)
    , m_session(session)
    , m_snapshot(std::move(snapshot))
    , m_ranges(std::move(ranges))
{
    std::ranges::sort(m_ranges, {}, &RowRange::first);
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &RecordWalk::fetch);
}

bool RecordWalk::isWanted(qint64 row) const
{
    return std::ranges::any_of(m_ranges, [row](const auto &range) { return row >= range.first && row <= range.last; });
}

// The first page after the last one that has a wanted row; -1 if there is none.
qint64 RecordWalk::pageToFetch() const
{
    for (const RowRange &range : m_ranges) {
        const qint64 page = std::max(m_page + 1, range.first / pageRows);
        if (range.last >= range.first && page * pageRows <= range.last)
            return page;
    }
    return -1;
}

void RecordWalk::next()
{
    const qint64 page = m_isAtEnd ? -1 : pageToFetch();
    const bool isThere = page >= 0 && page < m_snapshot.cursors.size();
    if (isThere)
        m_page = page;
    m_failures = 0;
    m_isOver = !isThere;
    m_again.start(0ms);
}

void RecordWalk::fetch()
{
    if (m_isOver) {
        Q_EMIT ended({});
        return;
    }
    const qint64 left = m_snapshot.isCounted ? m_snapshot.count - m_page * pageRows : pageRows;
    auto *fetch = new PageFetch(m_session, m_snapshot.query, m_snapshot.cursors[m_page],
                                static_cast<int>(std::min<qint64>(pageRows, left)), this);
    connect(fetch, &PageFetch::finished, this, [this, fetch] { take(fetch); });
}

void RecordWalk::take(PageFetch *fetch)
{
    fetch->deleteLater();
    if (const Problem problem = fetch->problem()) {
        if (mayPass(problem) && ++m_failures <= mostFailures)
            m_again.start(500ms * (1 << m_failures));
        else
            Q_EMIT ended(problem);
        return;
    }
    const bool isLastKnown = m_page == m_snapshot.cursors.size() - 1;
    if (isLastKnown && !m_snapshot.isCounted && !fetch->next().isEmpty())
        m_snapshot.cursors << fetch->next();
    m_isAtEnd = fetch->next().isEmpty();
    QList<ListedRecord> wanted;
    for (qsizetype at = 0; at < fetch->records().size(); ++at) {
        if (isWanted(m_page * pageRows + at))
            wanted << fetch->records()[at];
    }
    Q_EMIT page(wanted);
}

} // namespace admin
