// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "admin/adminpart.h"
#include "queue/taskadmin.h"
#include "queue/taskcatalogue.h"
#include "queue/tasklisting.h"

#include <functional>
#include <optional>

namespace quoin::server {

/// /admin/v1/tasks: what is to be done and what was, and what a person can do about it. Reads and writes the table
/// only, so that it answers in any process, whoever runs the tasks.
class TaskRoutes final : public AdminPart
{
public:
    /// tasks: the tasks that are known here, from start() on; may be empty.
    explicit TaskRoutes(std::function<queue::TaskCatalogue()> tasks = {})
        : m_tasks(std::move(tasks))
    {
    }

    void describe(Registry &registry) override;
    Result<> start(Services &services) override;
    void stop() override;

private:
    /// What describe() cannot know.
    struct Ground
    {
        Database database;
        queue::TaskAdmin admin;
        queue::TaskCatalogue catalogue;
        queue::TaskListing listing;
    };

    void describeBulk(Registry &registry);
    Result<Response> list(const Request &request) const;
    Result<Response> counts(const Request &request) const;
    Result<Response> show(const Request &request, qint64 id) const;
    Result<Response> retry(const Request &request, qint64 id) const;
    Result<Response> cancel(const Request &request, qint64 id) const;
    Result<Response> remove(const Request &request, qint64 id) const;
    int attemptsOf(const QString &task) const;

    const std::function<queue::TaskCatalogue()> m_tasks;
    std::optional<Ground> m_ground; ///< From start() to stop().
};

} // namespace quoin::server
