// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/connectiondesk.h"

#include "supervisor/log.h"
#include "supervisor/watchdog.h"

#include <algorithm>
#include <tuple>

#include <fcntl.h>

using namespace std::chrono_literals;

namespace quoin::supervisor {

namespace {

constexpr qint64 heldUpAfter = 20; // ms
constexpr auto tidyInterval = 20ms;

} // namespace

ConnectionDesk::ConnectionDesk(const HostMemory &memory, Give give, int mostWaiting)
    : m_memory(memory)
    , m_give(std::move(give))
    , m_mostWaiting(static_cast<size_t>(mostWaiting))
{
    m_tidying.setInterval(tidyInterval);
    m_tidying.callOnTimeout([this] { tidy(); });
}

void ConnectionDesk::open(int slot)
{
    m_windows.try_emplace(slot).first->second.isOpen = true;
    placeWaiting();
}

void ConnectionDesk::shut(int slot)
{
    if (const auto window = m_windows.find(slot); window != m_windows.end())
        window->second.isOpen = false;
}

void ConnectionDesk::left(int slot)
{
    auto node = m_windows.extract(slot);
    if (node.empty())
        return;
    Window &window = node.mapped();
    forgetTaken(slot, window);
    // They came before those that wait.
    for (auto duplicate = window.duplicates.rbegin(); duplicate != window.duplicates.rend(); ++duplicate) {
        if (duplicate->guest.connection.isOpen())
            m_waiting.push_front(std::move(duplicate->guest));
    }
    if (m_isClosed)
        m_waiting.clear();
    placeWaiting();
}

void ConnectionDesk::close()
{
    m_isClosed = true;
    m_waiting.clear();
}

void ConnectionDesk::offer(FileDescriptor connection, const QByteArray &note)
{
    Guest guest{std::move(connection), note};
    if (m_isClosed || !guest.connection.isOpen())
        return;
    if (m_waiting.empty() && place(guest))
        return;
    if (m_waiting.size() < m_mostWaiting) {
        m_waiting.push_back(std::move(guest));
        return;
    }
    if (m_turnedAway++ % 1000 == 0)
        qCWarning(log).noquote().nospace() << "connection turned away waiting=" << m_waiting.size()
                                           << " total=" << m_turnedAway << " why=\"no worker is ready\"";
}

int ConnectionDesk::untaken() const
{
    size_t count = 0;
    for (const auto &[slot, window] : m_windows)
        count += window.duplicates.size();
    return static_cast<int>(count);
}

/// What it has plus what is on the way to it.
quint64 ConnectionDesk::load(int slot, const Window &window) const
{
    const WorkerSlot &memory = m_memory.slot(slot);
    const quint64 taken = std::min(memory.taken.load(std::memory_order_acquire), window.given);
    return memory.connections.load(std::memory_order_relaxed) + (window.given - taken);
}

/// For how long it has been in one handler or one turn of its loop, or has not taken what it was given; 0 if that is
/// not worth mentioning. Coarse, so that load decides between those that are held up alike.
qint64 ConnectionDesk::heldUpFor(int slot, const Window &window, qint64 nowMs) const
{
    const WorkerSlot &memory = m_memory.slot(slot);
    qint64 longest = loopBusyFor(memory, nowMs);
    if (const qint64 beat = memory.beat.load(std::memory_order_relaxed); beat > 0)
        longest = std::max(longest, nowMs - beat);
    // A process that is stopped or out of descriptors has an idle loop by its own account.
    if (!window.duplicates.empty())
        longest = std::max(longest, nowMs - window.duplicates.front().givenAt);
    return std::max<qint64>(longest, 0) / heldUpAfter;
}

ConnectionDesk::Windows::iterator ConnectionDesk::best()
{
    if (m_windows.size() == 1 && m_windows.begin()->second.isOpen)
        return m_windows.begin();
    const qint64 now = monotonicMilliseconds();
    auto found = m_windows.end();
    std::tuple<qint64, quint64, bool> least;
    for (auto window = m_windows.begin(); window != m_windows.end(); ++window) {
        if (!window->second.isOpen)
            continue;
        const int slot = window->first;
        forgetTaken(slot, window->second);
        const std::tuple key(heldUpFor(slot, window->second, now), load(slot, window->second), slot <= m_lastSlot);
        if (found == m_windows.end() || key < least) {
            found = window;
            least = key;
        }
    }
    return found;
}

/// False if that worker is gone; the connection is still ours then.
bool ConnectionDesk::giveTo(Windows::iterator found, Guest &guest)
{
    auto &[slot, window] = *found;
    // Short of descriptors there is no duplicate; the connection goes all the same.
    FileDescriptor duplicate(::fcntl(guest.connection.get(), F_DUPFD_CLOEXEC, 0));
    if (!m_give(slot, guest.note, guest.connection.release())) {
        guest.connection = std::move(duplicate);
        return false;
    }
    ++window.given;
    window.duplicates.push_back({{std::move(duplicate), guest.note}, monotonicMilliseconds()});
    m_lastSlot = slot;
    if (!m_tidying.isActive())
        m_tidying.start();
    return true;
}

bool ConnectionDesk::place(Guest &guest)
{
    for (auto window = best(); window != m_windows.end(); window = best()) {
        if (giveTo(window, guest))
            return true;
        window->second.isOpen = false; // its end will be told by left()
        if (!guest.connection.isOpen())
            return true; // lost with it
    }
    return false;
}

void ConnectionDesk::placeWaiting()
{
    while (!m_waiting.empty() && place(m_waiting.front()))
        m_waiting.pop_front();
}

void ConnectionDesk::forgetTaken(int slot, Window &window) const
{
    const quint64 taken = m_memory.slot(slot).taken.load(std::memory_order_acquire);
    while (!window.duplicates.empty() && window.given - window.duplicates.size() < taken)
        window.duplicates.pop_front();
}

/// A duplicate keeps a connection open that its worker has closed: none is kept for long.
void ConnectionDesk::tidy()
{
    for (auto &[slot, window] : m_windows)
        forgetTaken(slot, window);
    if (untaken() == 0)
        m_tidying.stop();
}

} // namespace quoin::supervisor
