// SPDX-License-Identifier: GPL-3.0-only
#include "recordlist.h"

#include <algorithm>

namespace records {

using quoin::Future;

Future<QByteArray> RecordList::next()
{
    if (m_isClosed)
        return QByteArray();
    if (!m_isOpened) {
        m_isOpened = true;
        m_bounds.rows = RecordStore::firstRows;
        return opening() + pieceOf(std::exchange(m_first, {}));
    }
    // A copy, because the continuation puts the next page into the member, and may run within then().
    const Future<RecordPage> ahead = *m_ahead;
    return ahead.then([self = shared_from_this()](const RecordPage &page) {
        // Records may have been deleted since the list began, so that a page can be empty.
        return QByteArray(page.rows > 0 ? "," : "") + self->pieceOf(page);
    });
}

QByteArray RecordList::pieceOf(const RecordPage &page)
{
    if (page.rows == 0 || page.lastId >= m_last) {
        m_isClosed = true;
        return page.json + closing();
    }
    m_bounds = {page.lastId, m_last, rowsAfter(page, m_bounds.rows)};
    m_ahead = m_store.page(m_bounds);
    return page.json;
}

qint64 RecordList::rowsAfter(const RecordPage &page, qint64 asked)
{
    const qint64 fitting = RecordStore::pageBytes * page.rows / std::max<qint64>(page.json.size(), 1);
    return std::clamp<qint64>(fitting, 1, std::min(RecordStore::mostRows, asked * 8));
}

} // namespace records
