// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/plugin.h>

namespace quoin::server {

/// One resource of the admin API: its routes and what they need. Handlers are lambdas, since a part is no plugin by
/// itself:
///
///     registry.get(u"/admin/v1/things"_s, [this](const Request &request) { return list(request); })
///         .summary(u"Things"_s).scope(adminRead);
///
/// The life of Plugin: describe() has no side effects and is called in processes that never start the part.
class AdminPart
{
public:
    virtual ~AdminPart() = default;
    virtual void describe(Registry &registry) = 0;
    virtual Result<> start(Services &) { return {}; }
    /// The process is leaving: answers that have no end of their own end now. Before stop().
    virtual void drain() { }
    virtual void stop() { }
};

/// To look, and to change.
inline const QString adminRead = QStringLiteral("admin:read");
inline const QString adminWrite = QStringLiteral("admin");

} // namespace quoin::server
