// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>

#include <array>
#include <optional>

namespace quoin::queue {

/// The states of a task, spelled in the database as schema.h lists them.
enum class TaskState { Scheduled, Ready, Sent, Running, Done, Dead, Cancelled };

inline constexpr std::array allTaskStates{TaskState::Scheduled, TaskState::Ready, TaskState::Sent,
                                          TaskState::Running,   TaskState::Done,  TaskState::Dead,
                                          TaskState::Cancelled};

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

/// The state of that name, if there is one.
inline std::optional<TaskState> taskState(const QString &name)
{
    for (const TaskState state : allTaskStates) {
        if (toString(state) == name)
            return state;
    }
    return std::nullopt;
}

} // namespace quoin::queue
