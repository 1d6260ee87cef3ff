// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "posix/filedescriptor.h"
#include "supervisor/hostmemory.h"

#include <QByteArray>
#include <QTimer>

#include <deque>
#include <functional>
#include <map>

namespace quoin::supervisor {

/// Which worker gets a connection: the one with the least to do, leaving out those that are held up (in one handler, or
/// not even taking what they were given) while another is less so. Keeps a duplicate of each until its worker has
/// counted it as taken, so that what a dead worker never took goes to another. With no worker ready, connections wait
/// in order. On the thread of its event loop.
class ConnectionDesk
{
public:
    /// Sends a connection to the worker of a slot with the note it was offered with, and owns descriptor; false if that
    /// worker is gone.
    using Give = std::function<bool(int slot, const QByteArray &note, int descriptor)>;

    ConnectionDesk(const HostMemory &memory, Give give, int mostWaiting = 1024);
    Q_DISABLE_COPY_MOVE(ConnectionDesk)

    /// The worker of this slot, which is cleared, may be given connections; those that wait are given at once.
    void open(int slot);
    /// It gets no more.
    void shut(int slot);
    /// Its process is gone, its slot not cleared yet: what it never took is given to others, before what waits.
    void left(int slot);
    /// Nobody gets anything any more: what waits and what is offered is closed.
    void close();

    /// Gives it to a worker, or keeps it; with too many waiting it is closed and counted. note: of the worker that had
    /// it before.
    void offer(FileDescriptor connection, const QByteArray &note = {});

    /// Connections that wait for a worker.
    int waiting() const { return static_cast<int>(m_waiting.size()); }
    /// Connections closed because too many waited.
    quint64 turnedAway() const { return m_turnedAway; }
    /// Duplicates held of connections that workers have not counted yet.
    int untaken() const;

private:
    struct Guest
    {
        FileDescriptor connection;
        QByteArray note;
    };
    struct Duplicate
    {
        Guest guest;
        qint64 givenAt; ///< monotonicMilliseconds()
    };
    /// One worker as seen from here.
    struct Window
    {
        bool isOpen = true;
        quint64 given = 0;
        std::deque<Duplicate> duplicates; ///< Of the latest it was given, in order.
    };
    using Windows = std::map<int, Window>;

    quint64 load(int slot, const Window &window) const;
    qint64 heldUpFor(int slot, const Window &window, qint64 nowMs) const;
    Windows::iterator best();
    bool giveTo(Windows::iterator window, Guest &guest);
    bool place(Guest &guest);
    void placeWaiting();
    void forgetTaken(int slot, Window &window) const;
    void tidy();

    const HostMemory &m_memory;
    Give m_give;
    size_t m_mostWaiting;
    Windows m_windows;
    std::deque<Guest> m_waiting;
    QTimer m_tidying;
    quint64 m_turnedAway = 0;
    int m_lastSlot = -1; ///< Who got the last one: equals take turns.
    bool m_isClosed = false;
};

} // namespace quoin::supervisor
