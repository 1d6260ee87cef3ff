// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

#include <chrono>

namespace quoin::http {

/// Every bound on what a client may cost. Sizes in bytes. A value: set it before the server starts; it does not change
/// afterwards.
struct Limits
{
    using Time = std::chrono::milliseconds;

    // What is read.
    qsizetype requestLine = 8 * 1024; ///< Without its CR LF; a longer one is a 414.
    qsizetype head = 32 * 1024;       ///< Request line and header fields with the blank line; more is a 431.
    int fields = 100;                 ///< Header fields; more is a 431.
    qint64 body = 16 * 1024 * 1024;   ///< Decoded body of a route that sets no limit of its own; more is a 413.
    qint64 bufferedBodies = 256 * 1024
        * 1024; ///< All request bodies held at one time; more is a 503 with Retry-After. Larger than any route's limit.
    qsizetype chunkExtension = 256; ///< Of one chunk; more is a 400.
    qsizetype trailers = 8 * 1024;  ///< Of one chunked body; more is a 431.
    qsizetype unreadRequests = 64
        * 1024; ///< Pipelined bytes behind a pending answer; then reading stops until it is out.

    // What is waited for. The clock ticks every 250 ms, so that each of these may take a tick longer.
    Time headTime = std::chrono::seconds(10);   ///< From the first byte to the end of the head, in total; then 408.
    Time silentTime = std::chrono::seconds(10); ///< A new connection that sends nothing; then 408.
    Time idleTime = std::chrono::seconds(15);   ///< A connection between requests; then it is closed without a word.
    Time bodyGrace = std::chrono::seconds(5);   ///< Before bodyRate is asked for.
    qint64 bodyRate = 4 * 1024;                 ///< Bytes per second on average over a body; less is a 408.
    Time stallTime = std::chrono::seconds(30);  ///< A client that takes no byte of its answer; then it is cut off.
    Time lingerTime = std::chrono::seconds(
        1); ///< After the last answer, for the client to read it before the descriptor closes.
    Time handlerTime = std::chrono::seconds(30); ///< For a route that sets no deadline of its own; then 504.

    // What is open or queued.
    int connections = 10000; ///< At a time; kept below RLIMIT_NOFILE - 100. One more gets a 503 with Retry-After.
    int connectionsPerAddress
        = 1024;             ///< Of one IPv4 address or IPv6 /64, loopback exempt; 0: no such limit. More: 503.
    int waitingJobs = 1024; ///< Blocking handlers waiting for a thread; one more request gets a 503 with Retry-After.

    // How much of an answer is held for a client that reads slowly.
    qint64 unsentLow = 64 * 1024; ///< A streamed body is asked for its next piece only below this.

    // What is told.
    bool serverTiming = false; ///< Answers have the field Server-Timing.

    /// connections, or less where the process may not open so many descriptors.
    int connectionCap() const;
};

} // namespace quoin::http
