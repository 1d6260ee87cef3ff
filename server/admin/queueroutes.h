// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "admin/adminhost.h"
#include "admin/adminpart.h"
#include "queue/queuepause.h"
#include "queue/taskcatalogue.h"

#include <functional>
#include <optional>

namespace quoin::server {

/// /admin/v1/queues: what waits of each task name, and pausing it. A name is a queue: its tasks are claimed apart from
/// all others.
class QueueRoutes final : public AdminPart
{
public:
    /// host is lent. tasks: the tasks that are known here, from start() on; may be empty.
    explicit QueueRoutes(const AdminHost &host, std::function<queue::TaskCatalogue()> tasks = {})
        : m_host(host)
        , m_tasks(std::move(tasks))
    {
    }

    void describe(Registry &registry) override;
    Result<> start(Services &services) override;
    void stop() override { m_database.reset(); }

private:
    Result<Response> list(const Request &request) const;
    Result<Response> pause(const Request &request, const QString &name) const;
    Result<Response> resume(const Request &request, const QString &name) const;

    struct Facts
    {
        QHash<QString, queue::QueueDepth> depths;
        QHash<QString, qint64> paused;
    };
    Result<Facts> facts() const;
    Result<> check(const Request &request, const QString &name) const;
    Result<Response> show(const QString &name) const;
    QJsonObject toJson(const QString &name, const Facts &facts) const;
    bool usesCelery() const;

    const AdminHost &m_host;
    const std::function<queue::TaskCatalogue()> m_tasks;
    QStringList m_known;                ///< Names of tasks of this process.
    std::optional<Database> m_database; ///< From start() to stop().
};

} // namespace quoin::server
