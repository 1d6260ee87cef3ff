// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "auth/tokenrow.h"

#include <QHash>

#include <memory>

namespace quoin::auth {

/// Tokens that were found good, for as long as nobody need ask again: what is revoked anywhere stops here when the
/// entry is a second old. Times are steadyMilliseconds(). One thread.
class TokenCache
{
public:
    /// How long an entry is believed. With the look-up after it, revoking takes less than two seconds.
    static constexpr qint64 believedMs = 1000;

    /// Null if it is not known, or was looked up too long ago.
    std::shared_ptr<const TokenRow> fresh(const QByteArray &hash, qint64 now) const;
    /// Whether it was good when it was looked up last, however long ago: whoever has it is no stranger.
    bool hasSeen(const QByteArray &hash) const { return m_entries.contains(hash); }

    std::shared_ptr<const TokenRow> put(const TokenRow &token, qint64 now);
    void drop(const QByteArray &hash) { m_entries.remove(hash); }

    /// Whether this use is to be written down: the first one of a token in a minute.
    bool isUseToNote(const QByteArray &hash, qint64 now);

private:
    struct Entry
    {
        std::shared_ptr<const TokenRow> token; ///< Shared with who decides by it.
        qint64 lookedUp = 0;
        qint64 noted = 0;
        bool hasNoted = false;
    };

    void makeRoom(qint64 now);

    QHash<QByteArray, Entry> m_entries;
};

} // namespace quoin::auth
