// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/settling.h"

#include <quoin/abi.h>

#include <atomic>
#include <chrono>

namespace quoin::queue {

/// One claimed attempt, from the claim to its outcome. It waits, then either begins (on a task thread) or is given
/// back, never both.
class Run final : public abi::TaskRun
{
public:
    /// draining is lent and outlives the run.
    Run(Claimed claimed, const QString &name, const TaskKind &kind, const std::atomic<bool> &draining);

    LeaseKey key() const { return {m_claimed.id, m_claimed.attempt}; }
    const TaskKind &kind() const { return m_kind; }

    /// Runs the handler, whatever it does, to an outcome. Task thread. Nothing if the run was given back before.
    std::optional<Outcome> execute();

    /// True if it had not begun, and now will not. Any thread.
    bool giveBack();
    /// True if it has waited for a thread for so long.
    bool isStuck(std::chrono::milliseconds wait) const;
    /// The lease is gone: somebody else may be at work on it. Any thread.
    void setLost() { m_lost = true; }
    /// True once, when it runs longer than its limit. The queue's thread.
    bool noticeOverrun();

    qint64 id() const override { return m_claimed.id; }
    QString name() const override { return m_name; }
    int attempt() const override { return m_claimed.attempt; }
    qint64 createdMicroseconds() const override { return m_claimed.created; }
    int argumentCount() const override { return static_cast<int>(m_arguments.size()); }
    QByteArray argument(int index) const override { return m_arguments.value(index); }
    bool isStopRequested() const override;

private:
    enum class Stage { Waiting, Begun, GivenBack };

    std::optional<Error> call();
    bool isOverdue() const;

    const Claimed m_claimed;
    const QString m_name;
    const TaskKind m_kind;
    const std::atomic<bool> &m_draining;
    QList<QByteArray> m_arguments;
    const std::chrono::steady_clock::time_point m_made = std::chrono::steady_clock::now();
    std::atomic<Stage> m_stage = Stage::Waiting;
    std::atomic<bool> m_lost = false;
    std::atomic<std::chrono::steady_clock::time_point> m_deadline = std::chrono::steady_clock::time_point::max();
    bool m_overrunNoticed = false;
};

} // namespace quoin::queue
