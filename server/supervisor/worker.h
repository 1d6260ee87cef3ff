// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/blame.h"
#include "supervisor/workerphase.h"
#include "supervisor/workerprocess.h"

#include <QDateTime>

#include <memory>
#include <optional>

namespace quoin::supervisor {

/// One worker for a status page. A value.
struct WorkerState
{
    int slot = 0;
    qint64 pid = 0;
    quint64 generation = 0;
    int index = 0; ///< Its post: 0 and up, web workers first.
    Role role = Role::Web;
    WorkerPhase phase = WorkerPhase::Starting;
    QDateTime since;   ///< When it began this phase, UTC.
    QDateTime started; ///< Its process, UTC.
    quint32 connections = 0;
    quint64 requests = 0;
};

/// A worker process and what the fleet knows of it.
struct Worker
{
    int slot = 0;
    quint64 generation = 0;
    int index = 0;
    Role role = Role::Web;
    WorkerPhase phase = WorkerPhase::Starting;
    QDateTime since;
    QDateTime started = QDateTime::currentDateTimeUtc();
    std::unique_ptr<WorkerProcess> process;

    bool isToBeReplaced = false;        ///< Drained as soon as another of its post is ready.
    bool isKnownStuck = false;          ///< stuck() was told; not fatally.
    bool isOverdue = false;             ///< It was killed because it did not leave in time.
    std::optional<QJsonObject> refusal; ///< It said that it cannot start, and why.
    std::optional<Verdict> sentence;    ///< It was ended by the fleet for this.
    qint64 lateAt = 0;                  ///< monotonicMilliseconds() when it must be ready; 0: it is.
    qint64 killAt = 0;                  ///< monotonicMilliseconds() when it must be gone; 0: it need not go.

    void enter(WorkerPhase next)
    {
        phase = next;
        since = QDateTime::currentDateTimeUtc();
    }
};

} // namespace quoin::supervisor
