// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "admin/adminhost.h"
#include "admin/adminpart.h"
#include "pluginactions.h"

#include <atomic>
#include <memory>
#include <optional>

namespace quoin::server {

/// /admin/v1/plugins: what they are and have, and what a person can do with them, by the same functions as
/// `quoin plugin ...`.
class PluginsPart final : public AdminPart
{
public:
    /// host is lent.
    explicit PluginsPart(const AdminHost &host)
        : m_host(host)
    {
    }

    void describe(Registry &registry) override;
    Result<> start(Services &services) override;
    void stop() override { m_services.reset(); }

private:
    using Action = std::function<Result<PluginChange>(const PluginPlace &, const QString &id)>;

    Result<Response> list(const Request &request) const;
    Result<Response> show(const Request &request, const QString &id) const;
    void describeActions(Registry &registry);
    void describeAction(Registry &registry, const QString &verb, const QString &summary, const Action &action);
    Result<Response> change(const Request &request, const QString &id, const Action &action) const;
    Result<QJsonObject> find(const QString &id) const;
    Future<Response> upload(const Request &request);

    /// Why plugins cannot be changed here, if they cannot.
    Result<> checkChangeable() const;
    Result<> checkUpload() const;

    const AdminHost &m_host;
    std::optional<Services> m_services; ///< Between start() and stop().
    std::shared_ptr<std::atomic<bool>> m_isUploading = std::make_shared<std::atomic<bool>>(
        false); ///< Shared with the job.
};

} // namespace quoin::server
