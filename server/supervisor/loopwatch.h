// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/workerslot.h"

#include <QObject>

class QAbstractEventDispatcher;

namespace quoin::supervisor {

/// Keeps the beat of the main event loop, without timers: an idle loop stays asleep. A turn begins when the dispatcher
/// wakes up, or with the first event after a wait, since dispatchers of Qt serve sockets and timers between
/// aboutToBlock() and awake(). Main thread.
class LoopWatch final : public QObject
{
public:
    LoopWatch(WorkerSlot &slot, QAbstractEventDispatcher *dispatcher);
    /// The loop is no longer watched.
    ~LoopWatch() override;

    bool eventFilter(QObject *object, QEvent *event) override;

private:
    void setBeat(qint64 beat);
    void end();

    WorkerSlot &m_slot;
    bool m_hasEnded = false;
};

} // namespace quoin::supervisor
