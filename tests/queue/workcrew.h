// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queuebench.h"
#include "queueworker.h"

/// Numbered pieces of work (t.work), the processes that do them, and what these wrote in their journal.
class WorkCrew
{
public:
    /// Pushes so many, in one transaction.
    WorkCrew(const QString &url, const QString &journal, int count);

    std::unique_ptr<QueueWorker> worker(std::chrono::milliseconds lease) const;
    /// "<id> <attempt>" of the lines that begin with the word.
    QByteArrayList journal(const QByteArray &word) const;

    QueueBench bench; ///< Knows the task, and runs nothing.

private:
    const QString m_url;
    const QString m_journal;
};
