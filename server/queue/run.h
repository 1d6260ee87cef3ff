// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/settling.h"
#include "trace/context.h"

#include <quoin/abi.h>

#include <atomic>
#include <chrono>
#include <optional>

namespace quoin::queue {

/// How long one run may take, counted from when it begins, where whoever pushed it says so.
struct RunLimits
{
    std::optional<std::chrono::milliseconds> soft; ///< Then stop is requested of it. None: the time limit of its kind.
    std::optional<std::chrono::milliseconds> hard; ///< Then it is told of once more (RunPool::takeHardOverruns()).
};

/// One claimed attempt, from the claim to its outcome. It waits, then either begins (on a task thread) or is given
/// back, never both.
class Run final : public abi::TaskRun
{
public:
    /// draining is lent and outlives the run.
    Run(Claimed claimed, const QString &name, const TaskKind &kind, const std::atomic<bool> &draining,
        const RunLimits &limits = {});

    LeaseKey key() const { return {m_claimed.id, m_claimed.attempt}; }
    const TaskKind &kind() const { return m_kind; }
    const Claimed &claimed() const { return m_claimed; }
    /// That of who pushed it, with a span of its own; or one that begins here.
    const trace::Context &trace() const { return m_trace; }
    /// When it began, in microseconds since 1970 UTC; 0: it has not. Any thread.
    qint64 started() const { return m_started; }

    /// Begins, unless it was given back before. Task thread.
    bool begin();
    /// After begin(): its arguments, or why they are none. Task thread.
    Result<> readArguments();
    /// After begin(): calls the handler, whatever that does. Nothing: it succeeded. Task thread.
    std::optional<Error> call();
    /// After begin(): how it ended. Task thread.
    Outcome outcome(const std::optional<Error> &error) const;

    /// True if it had not begun, and now will not. Any thread.
    bool giveBack();
    bool isGivenBack() const { return m_stage == Stage::GivenBack; }
    /// True if it has waited for a thread for so long.
    bool isStuck(std::chrono::milliseconds wait) const;
    /// The lease is gone: somebody else may be at work on it. Any thread.
    void setLost() { m_lost = true; }
    /// Asks this run to stop, such as when its task was cancelled; what ends because of it is cancelled. Any thread.
    void requestStop() { m_stopped = true; }
    /// True once, when it runs longer than its limit. The queue's thread.
    bool noticeOverrun();
    /// True once, when it runs longer than its hard limit. The queue's thread.
    bool noticeHardOverrun();

    qint64 id() const override { return m_claimed.id; }
    QString name() const override { return m_name; }
    int attempt() const override { return m_claimed.attempt; }
    qint64 createdMicroseconds() const override { return m_claimed.created; }
    int argumentCount() const override { return static_cast<int>(m_arguments.size()); }
    QByteArray argument(int index) const override { return m_arguments.value(index); }
    bool isStopRequested() const override;

private:
    enum class Stage { Waiting, Begun, GivenBack };
    using TimePoint = std::chrono::steady_clock::time_point;

    bool isOverdue() const;

    const Claimed m_claimed;
    const QString m_name;
    const trace::Context m_trace;
    const TaskKind m_kind;
    const RunLimits m_limits;
    const std::atomic<bool> &m_draining;
    QList<QByteArray> m_arguments;
    const TimePoint m_made = std::chrono::steady_clock::now();
    std::atomic<Stage> m_stage = Stage::Waiting;
    std::atomic<bool> m_lost = false;
    std::atomic<bool> m_stopped = false;
    std::atomic<qint64> m_started = 0;
    std::atomic<TimePoint> m_deadline = TimePoint::max();
    std::atomic<TimePoint> m_hardDeadline = TimePoint::max();
    bool m_overrunNoticed = false;
    bool m_hardOverrunNoticed = false;
};

} // namespace quoin::queue
