// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/peer.h"

#include <QHash>

namespace quoin::http {

/// How many connections each network has, loopback exempt. One thread.
class PeerCount
{
public:
    /// most: of one network; 0: no such limit.
    explicit PeerCount(int most)
        : m_most(most)
    {
    }

    bool isFull(const Peer &peer) const
    {
        return m_most > 0 && !peer.isLoopback && m_count.value(peer.network) >= m_most;
    }
    void add(const Peer &peer)
    {
        if (!peer.isLoopback)
            ++m_count[peer.network];
    }
    void remove(const Peer &peer)
    {
        if (!peer.isLoopback && --m_count[peer.network] == 0)
            m_count.remove(peer.network);
    }

private:
    const int m_most;
    QHash<QByteArray, int> m_count;
};

} // namespace quoin::http
