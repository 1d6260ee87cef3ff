// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/mailbox.h"
#include "queue/taskadmin.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace quoin::server {

/// The tasks that wait in the database. It is asked when somebody wants to know, at most once a second, and the less
/// often the longer it takes: counting a million tasks must not become what the database does. Lives on a thread with
/// an event loop and never blocks it.
class QueueFigures final : public QObject
{
public:
    using Figures = std::optional<queue::TaskAdmin::Figures>;

    explicit QueueFigures(Database database);
    ~QueueFigures() override;

    /// Nothing if the database cannot say, or does not within patience. Finished on this thread.
    Future<Figures> latest(std::chrono::milliseconds patience = std::chrono::milliseconds(500));

private:
    void ask();
    void answered(const Result<queue::TaskAdmin::Figures> &figures);
    void finish(const Figures &figures);

    const queue::TaskAdmin m_tasks;
    const std::shared_ptr<queue::Mailbox> m_mailbox; ///< Shared with what the database still has to tell.
    std::vector<Promise<Figures>> m_waiting;
    QTimer m_patience; ///< Of the first of them.
    Figures m_known;
    QElapsedTimer m_asked;
    std::chrono::milliseconds m_rest{0}; ///< From asking: before it is asked again.
    bool m_isAsking = false;
};

} // namespace quoin::server
