// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "recordstore.h"

#include <quoin/http.h>

#include <memory>
#include <optional>

namespace records {

/// {"results":[...]} piece by piece, in constant memory: one page is being sent while the next is being read.
/// One call of next() at a time, from any thread.
class RecordList : public std::enable_shared_from_this<RecordList>
{
public:
    RecordList(const RecordStore &store, RecordListing listing)
        : m_store(store)
        , m_last(listing.last)
        , m_first(std::move(listing.first))
    {
    }

    /// What a list is between its first and its last record.
    static QByteArray opening() { return QByteArrayLiteral("{\"results\":["); }
    static QByteArray closing() { return QByteArrayLiteral("]}"); }

    /// The next piece; empty after the last.
    quoin::Future<QByteArray> next();

    /// How many rows to ask for after this page, so that the next fills pageBytes and no more. At most eight times as
    /// many as before: one page of small records says little about those that follow.
    static qint64 rowsAfter(const RecordPage &page, qint64 asked);

private:
    QByteArray pieceOf(const RecordPage &page);

    const RecordStore m_store;
    const qint64 m_last;
    RecordPage m_first;
    std::optional<quoin::Future<RecordPage>> m_ahead; ///< From the first piece on.
    PageBounds m_bounds = {};
    bool m_isOpened = false;
    bool m_isClosed = false;
};

} // namespace records
