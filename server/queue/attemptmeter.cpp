// SPDX-License-Identifier: GPL-3.0-only
#include "queue/attemptmeter.h"

namespace quoin::queue {

namespace {

using meters::TaskMeter;

TaskMeter::Ending endingOf(const Settlement &settlement)
{
    switch (settlement.state) {
    case TaskState::Done:
        return TaskMeter::Done;
    case TaskState::Dead:
        return TaskMeter::Dead;
    case TaskState::Cancelled:
        return TaskMeter::Cancelled;
    default:
        return settlement.counted ? TaskMeter::Retried : TaskMeter::GivenBack;
    }
}

/// Clocks of several hosts, and clocks that are set.
quint64 between(qint64 from, qint64 to) { return to > from ? static_cast<quint64>(to - from) : 0; }

} // namespace

AttemptMeter::AttemptMeter(meters::Meters *meters, const TaskCatalogue &catalogue)
    : m_meters(meters)
{
    if (!m_meters)
        return;
    for (const QString &name : catalogue.names()) {
        if (catalogue.canonical(name) == name)
            m_indexes.insert(name, meters::addTask(*m_meters, name.toStdString()));
    }
}

meters::TaskMeter &AttemptMeter::of(const QString &name) const
{
    return m_meters->tasks[m_indexes.value(name, meters::otherTask)];
}

void AttemptMeter::count(const Run &run, TaskMeter::Ending ending, qint64 finished)
{
    TaskMeter &task = of(run.name());
    meters::addAlone(task.ended[ending]);
    task.durations.addAlone(between(run.started(), finished));
    if (run.attempt() == 1)
        task.waits.addAlone(between(run.claimed().created, run.started()));
}

void AttemptMeter::ended(const Run &run, const Outcome &outcome, const Settlement &settlement)
{
    if (m_meters)
        count(run, endingOf(settlement), outcome.finished);
}

void AttemptMeter::failedHard(const Run &run)
{
    if (m_meters)
        count(run, TaskMeter::Dead, systemMicroseconds());
}

void AttemptMeter::gaveUp(const QString &name)
{
    if (m_meters)
        meters::addAlone(of(name).ended[TaskMeter::Dead]);
}

void AttemptMeter::lost(qsizetype count)
{
    if (m_meters)
        meters::addAlone(m_meters->outcomesLost, static_cast<quint64>(count));
}

} // namespace quoin::queue
