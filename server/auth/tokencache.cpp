// SPDX-License-Identifier: GPL-3.0-only
#include "auth/tokencache.h"

namespace quoin::auth {

namespace {

constexpr qsizetype most = 10'000;
constexpr qint64 minute = 60'000;

} // namespace

std::shared_ptr<const TokenRow> TokenCache::fresh(const QByteArray &hash, qint64 now) const
{
    const auto entry = m_entries.constFind(hash);
    return entry != m_entries.cend() && now - entry->lookedUp < believedMs ? entry->token : nullptr;
}

std::shared_ptr<const TokenRow> TokenCache::put(const TokenRow &token, qint64 now)
{
    if (m_entries.size() >= most && !m_entries.contains(token.hash))
        makeRoom(now);
    Entry &entry = m_entries[token.hash];
    entry.token = std::make_shared<const TokenRow>(token);
    entry.lookedUp = now;
    return entry.token;
}

bool TokenCache::isUseToNote(const QByteArray &hash, qint64 now)
{
    const auto entry = m_entries.find(hash);
    if (entry == m_entries.end() || (entry->hasNoted && now - entry->noted < minute))
        return false;
    entry->hasNoted = true;
    entry->noted = now;
    return true;
}

/// Those that are not in use go, or all: each comes back by one look-up.
void TokenCache::makeRoom(qint64 now)
{
    m_entries.removeIf([now](const auto &entry) { return now - entry->lookedUp > minute; });
    if (m_entries.size() >= most)
        m_entries.clear();
}

} // namespace quoin::auth
