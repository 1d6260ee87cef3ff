// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/clock.h"
#include "http/dispatcher.h"
#include "http/incomingrequest.h"
#include "http/limits.h"
#include "http/mailbox.h"
#include "http/peercount.h"
#include "http/qthttpbridge.h"
#include "http/requestid.h"

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace quoin::http {

class AccessSink;
class Connection;

/// What the connections of one loop share. The loop's thread only, but for the counters.
class Commons
{
public:
    Commons(const Limits &limits, Dispatcher &dispatcher, AccessSink *sink, std::shared_ptr<Mailbox> mailbox);
    Commons(const Commons &) = delete;
    Commons &operator=(const Commons &) = delete;
    ~Commons();

    /// A cleared request with one reference: a spare one, or new.
    IncomingRequest *takeRequest();
    /// Gives the reference back; a request nobody else holds becomes spare.
    void giveBack(IncomingRequest *request);

    /// Says in the log, now and then, that a proxy was not understood. why: a literal.
    void noteBadProxy(const Peer &peer, const char *why);

    const Limits &limits;
    Dispatcher &dispatcher;
    AccessSink *const sink; ///< Null: nothing is reported.
    const std::shared_ptr<Mailbox> mailbox;
    QtHttpBridge bridge;
    DateLine date;
    RequestIds ids;

    qint64 now = coarseMilliseconds(); ///< Of this turn of the loop.
    bool isDraining = false;
    HandBack handBack;                  ///< While draining: where connections between two requests go; empty: closed.
    const Token *dispatching = nullptr; ///< The exchange whose handler is being called.
    PeerCount peers;                    ///< Of connections that are served and whose peer is known.
    std::atomic<quint64> requests = 0;  ///< Dispatched so far. Any thread may read.
    std::atomic<quint64> refused = 0;   ///< Connections over a limit, so far. Any thread may read.
    std::vector<Connection *> gone;     ///< Closed during this turn; deleted at its end.

    std::array<char, 64 * 1024> input; ///< For one recv().

    /// Small answers of one round of events are sent together at its end: a client that is woken by the first of them
    /// is still awake for the others, and waking it is the most expensive part of sending (a third of all time was
    /// spent in it).
    struct Outgoing
    {
        Connection *connection;
        std::size_t offset; ///< Into output.
        std::size_t size;
    };
    bool isGathering = false;
    std::string output; ///< What is gathered; and the head at hand, at its end.
    std::vector<Outgoing> outgoing;

private:
    std::shared_ptr<MemoryBudget> m_budget;
    std::vector<IncomingRequest *> m_spare;
    quint64 m_badProxies = 0; ///< So far.
    qint64 m_nextComplaint = 0;
};

} // namespace quoin::http
