// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/plugin.h>

#include <atomic>
#include <functional>

namespace quoin::server {

/// One thing that must be well for the server to be ready. check() may block for about a second; it is called on a pool
/// thread.
struct HealthCheck
{
    QString name;
    std::function<Result<>()> check;
    bool isVital = true; ///< Else a failure is told, and the server is ready all the same: most of it works.
};

/// The host's own routes, declared through the same door as a plugin's:
///   GET /healthz  200 while the process can answer at all (liveness: restart it if this fails)
///   GET /readyz   200 with each check, or 503 with each check once a vital one fails or the server drains (readiness:
///   send no traffic)
class Health final : public Plugin
{
public:
    explicit Health(QList<HealthCheck> checks);

    /// From now on /readyz is 503, so that load balancers turn away before the sockets close. Any thread.
    void setDraining() { m_draining = true; }

    void describe(Registry &registry) override;
    Result<> start(Services &) override { return {}; }
    void stop() override { }

private:
    Response live(const Request &) const;
    Response ready(const Request &) const;

    const QList<HealthCheck> m_checks;
    std::atomic<bool> m_draining = false;
};

} // namespace quoin::server
