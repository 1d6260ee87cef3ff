// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "meters/meters.h"
#include "queue/run.h"

#include <QHash>

namespace quoin::queue {

/// Counts how the attempts of a queue end, by the names of their tasks. The queue's thread.
class AttemptMeter
{
public:
    /// meters is lent; null: nothing is counted. Every name of the catalogue is there from the start, with zeros.
    AttemptMeter(meters::Meters *meters, const TaskCatalogue &catalogue);

    void ended(const Run &run, const Outcome &outcome, const Settlement &settlement);
    /// Without an outcome of its own: it ran into its hard limit.
    void failedHard(const Run &run);
    /// It was not run again: its last attempt had ended in a crash.
    void gaveUp(const QString &name);
    /// Outcomes that did not count.
    void lost(qsizetype count);

private:
    meters::TaskMeter &of(const QString &name) const;
    void count(const Run &run, meters::TaskMeter::Ending ending, qint64 finished);

    meters::Meters *const m_meters;
    QHash<QString, int> m_indexes;
};

} // namespace quoin::queue
