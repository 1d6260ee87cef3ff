// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "admin/adminpart.h"

#include <quoin/database.h>

#include <optional>

namespace quoin::server {

/// GET /admin/v1/tokens and /admin/v1/audit: who may do what, and who changed what. Tokens are made by `quoin token`
/// alone: a token must not be able to make another.
class AccessRoutes final : public AdminPart
{
public:
    void describe(Registry &registry) override;
    Result<> start(Services &services) override;
    void stop() override { m_database.reset(); }

private:
    Future<Response> tokens(const Request &request) const;
    Future<Response> audit(const Request &request) const;

    std::optional<Database> m_database; ///< From start() to stop().
};

} // namespace quoin::server
