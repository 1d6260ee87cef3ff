// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/loopwatch.h"

#include <QAbstractEventDispatcher>
#include <QCoreApplication>

namespace quoin::supervisor {

LoopWatch::LoopWatch(WorkerSlot &slot, QAbstractEventDispatcher *dispatcher)
    : m_slot(slot)
{
    auto *application = QCoreApplication::instance();
    application->installEventFilter(this);
    connect(dispatcher, &QAbstractEventDispatcher::awake, this, [this] { setBeat(coarseMonotonicMilliseconds()); });
    connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, [this] { setBeat(WorkerSlot::resting); });
    // Stopping the plugins may take longer than a turn, and is watched as such.
    connect(application, &QCoreApplication::aboutToQuit, this, &LoopWatch::end);
    setBeat(coarseMonotonicMilliseconds());
}

LoopWatch::~LoopWatch() { end(); }

bool LoopWatch::eventFilter(QObject *, QEvent *)
{
    if (m_slot.beat.load(std::memory_order_relaxed) == WorkerSlot::resting)
        setBeat(coarseMonotonicMilliseconds());
    return false;
}

void LoopWatch::setBeat(qint64 beat)
{
    if (!m_hasEnded)
        m_slot.beat.store(beat, std::memory_order_release);
}

void LoopWatch::end()
{
    setBeat(0);
    m_hasEnded = true;
}

} // namespace quoin::supervisor
