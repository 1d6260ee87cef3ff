// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>

namespace quoin::queue {

/// The states of a task, spelled in the database as schema.h lists them.
enum class TaskState { Scheduled, Ready, Sent, Running, Done, Dead, Cancelled };

inline QString toString(TaskState state)
{
    using namespace Qt::StringLiterals;
    switch (state) {
    case TaskState::Scheduled:
        return u"scheduled"_s;
    case TaskState::Ready:
        return u"ready"_s;
    case TaskState::Sent:
        return u"sent"_s;
    case TaskState::Running:
        return u"running"_s;
    case TaskState::Done:
        return u"done"_s;
    case TaskState::Dead:
        return u"dead"_s;
    case TaskState::Cancelled:
        return u"cancelled"_s;
    }
    Q_UNREACHABLE();
}

} // namespace quoin::queue
