// SPDX-License-Identifier: GPL-3.0-only
#include "http/loop.h"

#include "http/commons.h"
#include "http/connection.h"

#include <QSocketNotifier>
#include <QTimerEvent>

#include <array>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace quoin::http {

namespace {

constexpr int tickMs = 250;
constexpr int refusedAtOnce = 64; // who get time to read their 503; others above the cap are closed at once
constexpr std::size_t eventsAtOnce
    = 64; // the first answer of a round waits for the last request of it: well below a millisecond

} // namespace

Loop::Loop(const Limits &limits, Dispatcher &dispatcher, AccessSink *sink, QObject *parent)
    : QObject(parent)
    , m_limits(limits)
    , m_connectionCap(limits.connectionCap())
    , m_epoll(::epoll_create1(EPOLL_CLOEXEC))
    , m_mailbox(std::make_shared<Mailbox>(static_cast<Recipient &>(*this)))
    , m_commons(std::make_unique<Commons>(limits, dispatcher, sink, m_mailbox))
{
    epoll_event wake{};
    wake.events = EPOLLIN;
    wake.data.ptr = nullptr; // connections have theirs
    ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_mailbox->wakeDescriptor(), &wake);

    auto *notifier = new QSocketNotifier(m_epoll, QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, &Loop::turn);
    m_tick.start(tickMs, Qt::CoarseTimer, this);
}

Loop::~Loop()
{
    m_mailbox->close();
    for (Connection *connection : m_slots)
        delete connection;
    ::close(m_epoll);
}

quint64 Loop::requests() const { return m_commons->requests.load(std::memory_order_relaxed); }
quint64 Loop::refused() const { return m_commons->refused.load(std::memory_order_relaxed); }

// ---- Turns --------------------------------------------------------------------------------------------------------

/// Several rounds, because a round trip through Qt's event loop costs more than asking epoll again.
void Loop::turn()
{
    if (m_isTurning) // a handler turned the event loop
        return;
    m_isTurning = true;
    for (int round = 0; round < 4; ++round) {
        if (handleEvents() == 0)
            break;
    }
    m_isTurning = false;
    endTurn();
}

int Loop::handleEvents()
{
    std::array<epoll_event, eventsAtOnce> events;
    const int count = ::epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), 0);
    m_commons->now = coarseMilliseconds();
    m_commons->isGathering = true;
    for (int i = 0; i < count; ++i) {
        const epoll_event &event = events[static_cast<std::size_t>(i)];
        if (event.data.ptr)
            static_cast<Connection *>(event.data.ptr)->onEvents(event.events);
        else
            m_mailbox->deliverAll();
    }
    sendGathered();
    return std::max(count, 0);
}

/// Sending an answer may bring the next one of the same connection, which was pipelined, so the list may grow
/// meanwhile.
void Loop::sendGathered()
{
    for (std::size_t i = 0; i < m_commons->outgoing.size(); ++i) {
        const Commons::Outgoing item = m_commons->outgoing[i];
        item.connection->sendGathered(std::string_view(m_commons->output).substr(item.offset, item.size));
    }
    m_commons->isGathering = false;
    m_commons->outgoing.clear();
    m_commons->output.clear();
}

/// Closed connections are deleted here, when no event of the turn and no function of theirs can mean them any more.
void Loop::endTurn()
{
    std::vector<Connection *> gone;
    gone.swap(m_commons->gone);
    for (Connection *connection : gone)
        remove(connection);
    if (m_drainDeadline >= 0 && !m_hasDrained && connections() == 0 && m_mailbox->isEmpty()) {
        m_hasDrained = true;
        Q_EMIT drained();
    }
}

void Loop::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_tick.timerId() || m_isTurning)
        return;
    m_isTurning = true;
    m_commons->now = coarseMilliseconds();
    const bool isOver = m_drainDeadline >= 0 && m_commons->now >= m_drainDeadline;
    for (std::size_t slot = 0; slot < m_slots.size(); ++slot) {
        if (Connection *connection = m_slots[slot])
            isOver ? connection->cut() : connection->onTick();
    }
    m_isTurning = false;
    endTurn();
}

// ---- Messages -----------------------------------------------------------------------------------------------------

/// While a handler is being called, only its own exchange may go on from within it; others wait for the next turn.
bool Loop::isReadyFor(const Token &token) const
{
    const Token *current = m_commons->dispatching;
    return !current || (current->connection == token.connection && current->sequence == token.sequence);
}

Connection *Loop::find(const Token &token) const
{
    Connection *connection = token.slot < m_slots.size() ? m_slots[token.slot] : nullptr;
    return connection && connection->token().connection == token.connection ? connection : nullptr;
}

void Loop::deliver(const Token &token, Answer &&answer) { deliverNow(token, std::move(answer)); }

void Loop::deliver(const Token &token, Segment &&segment) { deliverNow(token, std::move(segment)); }

template <class Thing>
void Loop::deliverNow(const Token &token, Thing &&thing)
{
    if (!m_isTurning) // from an event of somebody else on this thread
        m_commons->now = coarseMilliseconds();
    if (Connection *connection = find(token))
        connection->deliver(token.sequence, std::forward<Thing>(thing));
    if (!m_isTurning && !m_commons->gone.empty())
        m_mailbox->wake();
}

// ---- Connections --------------------------------------------------------------------------------------------------

void Loop::adopt(int descriptor, const QByteArray &note) { m_mailbox->adopt({descriptor, note}); }

/// Where a proxy is to say who the client is, the client is counted when that has come.
void Loop::adoptNow(Arrival &&arrival)
{
    const int descriptor = arrival.descriptor;
    const bool isFresh = arrival.note.isEmpty();
    const Peer peer = isFresh ? Peer::of(descriptor) : Peer::fromNote(arrival.note, descriptor);
    const bool isProxied = isFresh && m_proxies.include(peer.address);
    const bool isRefused = m_served >= m_connectionCap || (!isProxied && m_commons->peers.isFull(peer));
    m_commons->refused.fetch_add(isRefused ? 1 : 0, std::memory_order_relaxed);
    if (isRefused && m_refused >= refusedAtOnce) {
        ::close(descriptor);
        return;
    }
    const int one = 1; // answers leave in one piece: nothing to wait for
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    const int unsent = 128 * 1024; // of a client that does not read; the kernel would take megabytes for each
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);

    m_commons->now = coarseMilliseconds();
    const Token name = nextName();
    auto *connection = new Connection(*m_commons, m_epoll, descriptor, name, peer, isProxied);
    m_slots[name.slot] = connection;
    m_open.fetch_add(1, std::memory_order_relaxed);
    if (isRefused) {
        ++m_refused;
        connection->refuse();
        return;
    }
    ++m_served;
    if (!isProxied)
        connection->count();
}

Token Loop::nextName()
{
    if (m_freeSlots.empty()) {
        m_freeSlots.push_back(static_cast<quint32>(m_slots.size()));
        m_slots.push_back(nullptr);
    }
    Token name;
    name.slot = m_freeSlots.back();
    name.connection = ++m_lastConnection;
    m_freeSlots.pop_back();
    return name;
}

void Loop::remove(Connection *connection)
{
    --(connection->isRefused() ? m_refused : m_served);
    const quint32 slot = connection->token().slot;
    m_slots[slot] = nullptr;
    m_freeSlots.push_back(slot);
    m_open.fetch_sub(1, std::memory_order_relaxed);
    delete connection;
}

void Loop::drain(std::chrono::milliseconds hardDeadline, HandBack handBack)
{
    m_commons->now = coarseMilliseconds();
    m_commons->isDraining = true;
    m_commons->handBack = std::move(handBack);
    m_drainDeadline = m_commons->now + hardDeadline.count();
    for (Connection *connection : m_slots) {
        if (connection && !connection->isGone())
            connection->drain();
    }
    m_mailbox->wake(); // a turn follows, at the end of which it may be over already
}

} // namespace quoin::http
