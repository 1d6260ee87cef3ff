// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/workerslot.h"

#include <QByteArray>
#include <QString>

#include <memory>

class QAbstractEventDispatcher;

namespace quoin::supervisor {

class LoopWatch;

/// A worker's hand on its slot: says who it is, what is mapped into it, and that its loop turns. One in a process, made
/// before the first plugin is loaded; the slot outlives it. Main thread, but for slot()'s counters.
class WorkerMemory
{
public:
    /// Writes the pid, and makes crumbs of this process go to the slot.
    explicit WorkerMemory(WorkerSlot &slot);
    /// Crumbs go nowhere again, and a crash is no longer reported. No thread may be in a plugin any more.
    ~WorkerMemory();
    Q_DISABLE_COPY_MOVE(WorkerMemory)

    WorkerSlot &slot() const { return m_slot; }

    /// Announces a plugin, before it is loaded, so that a crumb can name it while its constructors run. Its index for
    /// crumbs; -1 (which a crumb takes as no plugin) if the table is full. sha256 is the digest, raw or hexadecimal.
    int addModule(const QString &id, const QByteArray &sha256);
    /// After loading: finds where the file is mapped. False if it is not.
    bool locateModule(int index, const QString &path);
    /// Adds what else is mapped by now and not known yet, so that frames in it can be named.
    void locateEverythingElse();

    /// The event loop begins a turn: it serves, and is watched from the first call on.
    void beat();
    /// The event loop waits for events, and may for as long as it likes.
    void rest();
    /// Calls both from now on, and stops watching when the application quits. The main thread's dispatcher; costs an
    /// idle loop nothing.
    void follow(QAbstractEventDispatcher *dispatcher);

private:
    WorkerSlot &m_slot;
    std::unique_ptr<LoopWatch> m_loop;
};

} // namespace quoin::supervisor
