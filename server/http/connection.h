// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/answer.h"
#include "http/chunkdecoder.h"
#include "http/headscanner.h"
#include "http/mailbox.h"
#include "http/peer.h"
#include "http/qthttpbridge.h"
#include "http/sendqueue.h"

#include <memory>
#include <string>
#include <string_view>

namespace quoin::http {

class Commons;
class IncomingRequest;

/// One client's socket: reads requests strictly and within the limits, has one of them in flight, writes the answers in
/// order. On the loop's thread. Closed ones put themselves into Commons::gone and are deleted by the loop.
class Connection final : private Guest
{
public:
    /// Owns the descriptor. epoll: where it is watched, with this as its data. isProxied: its first bytes must say who
    /// the client is; peer is the proxy until then.
    Connection(Commons &commons, int epoll, int descriptor, const Token &name, Peer peer, bool isProxied);
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;
    ~Connection() override;

    const Token &token() const { return m_token; }
    bool isRefused() const { return m_isRefused; }
    bool isGone() const { return m_phase == Phase::Gone; }

    void onEvents(quint32 events);
    void onTick();
    void deliver(quint32 sequence, Answer &&answer);
    void deliver(quint32 sequence, Segment &&segment);

    /// Among those of its peer in Commons::peers, until it is deleted.
    void count();
    /// Sends what was gathered for the end of the round.
    void sendGathered(std::string_view bytes);

    /// Answers 503 and closes, because there are too many connections.
    void refuse();
    /// Leaves if it is between two requests; any other leaves after its next answer. To leave is to go where
    /// Commons::handBack says, or else to close.
    void drain();
    /// Ends at once, so that the client sees a truncated answer as what it is.
    void cut();

private:
    enum class Phase : quint8 {
        Proxied, ///< a proxy has yet to say who the client is
        Fresh,   ///< connected, no byte of a request yet
        Idle,    ///< between requests
        Head,
        Body,
        Pending,   ///< the handler has the request
        Streaming, ///< a body is being pulled
        Sending,   ///< the answer is complete, the socket has not taken all of it
        Lingering, ///< our side is shut; the client may still read
        Gone,
    };

    // connection.cpp
    bool isReading() const { return m_phase <= Phase::Body; }
    void settle();
    void watch(bool read, bool write);
    void onReadable();
    void onWritable();
    void onEnd();
    void linger();
    void die();
    bool isBetweenRequests() const;
    void handBack();
    void releaseRequest();
    void report(bool isComplete);
    bool isTooSlow() const;
    bool isStalled();

    // connectioninput.cpp
    void take(std::string_view bytes);
    void takeBacklog();
    void clearBacklog();
    std::size_t backlogSize() const { return m_backlog.size() - m_backlogStart; }
    std::size_t consume(std::string_view bytes);
    bool readNext(std::string_view &rest);
    bool readProxyHeader(std::string_view &rest);
    void failProxy(const char *why);
    bool readHead(std::string_view &rest);
    void beginExchange();
    bool acceptHead(bool moreHasArrived);
    bool beginBody(bool moreHasArrived);
    bool readBody(std::string_view &rest);
    bool bodyFault(const Fault &fault);
    void turnAway(Answer &&refusal);
    void dispatch();
    void admitted() override;
    void fail(const Fault &fault);
    void failBusy();
    void failUnserved();

    // connectionoutput.cpp
    void respond(Answer &&answer);
    bool composeHead(const Answer &answer);
    void send(std::size_t start, const QByteArray &body);
    SendQueue::Outcome flush();
    void sent(SendQueue::Outcome outcome);
    void finish();

    // connectionstream.cpp
    void beginStream(std::size_t start, Answer &&answer);
    void pump();
    void pull();
    void appendSegment(const QByteArray &bytes);
    void endSegments();
    void failStream(const QString &reason);

    Commons &m_commons;
    const int m_epoll;
    int m_descriptor;
    Token m_token;
    Peer m_peer;
    Phase m_phase = Phase::Fresh;
    bool m_isRefused = false;
    bool m_isCounted = false;
    bool m_hasEnded = false; ///< The client has shut its side.
    bool m_isCut = false;    ///< Ends with a reset.
    bool m_isConsuming = false;
    quint32 m_watched = 0;
    qint64 m_deadline = 0; ///< Of the phase, by Commons::now.

    // The request at hand.
    HeadScanner m_scanner;
    ChunkDecoder m_chunks;
    std::string m_backlog; ///< Bytes received and not yet consumed, from m_backlogStart on.
    std::size_t m_backlogStart = 0;
    IncomingRequest *m_request = nullptr; ///< Owns one reference.
    qint64 m_bodyLimit = 0;
    qint64 m_bodySince = 0;

    // The answer at hand.
    bool m_keepAlive = true;
    bool m_isHeadMethod = false;
    int m_minor = 1;
    int m_status = 0;
    qint64 m_since = 0;    ///< Exact, for the access record and Server-Timing.
    qint64 m_bodySize = 0; ///< Sent or queued so far.
    SendQueue m_queue;
    qint64 m_progress = 0;  ///< When the client last took something.
    int m_heldByKernel = 0; ///< At the last tick.

    // A pulled body.
    std::unique_ptr<abi::BodySource> m_source;
    bool m_isChunked = false;
    bool m_isPulling = false; ///< A piece is outstanding.
    bool m_isPumping = false;
    bool m_hasYielded = false; ///< There is more to pull, on the next turn.
    bool m_isBodyEnded = false;
    qint64 m_bodyLeft = -1; ///< Of a declared length.
};

} // namespace quoin::http
