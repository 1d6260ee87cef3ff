// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "auth/auditlog.h"
#include "auth/failurelimit.h"
#include "auth/tokencache.h"
#include "auth/tokenstore.h"
#include "http/gate.h"
#include "queue/mailbox.h"
#include "settings/authsettings.h"

#include <QHash>
#include <QObject>

#include <memory>
#include <vector>

namespace quoin::server {

/// Lets requests in by their access tokens (RFC 6750), and has every change through the admin API written down before
/// it is made. What a token may is looked up in the database and believed for a second. Lives on the main thread, which
/// is the server's loop, and never waits.
class Doorkeeper final : public QObject, public http::Gate
{
public:
    /// The database outlives it, or is closed before.
    Doorkeeper(const AuthPolicy &policy, Database database);
    ~Doorkeeper() override;

    // http::Gate
    bool guards(const http::RouteEntry &route) const override { return !m_policy.isOpen(route.scope); }
    std::optional<http::Answer> refusalAtHead(const http::IncomingRequest &request) override;
    void admit(const http::IncomingRequest &request, std::function<void(http::Verdict &&)> decided) override;

private:
    using Decided = std::function<void(http::Verdict &&)>;

    /// What is known of a request by its head: a refusal, or a token that is good, or one to look up.
    struct Look
    {
        std::optional<http::Answer> refusal;
        std::shared_ptr<const auth::TokenRow> token; ///< Shared with the cache.
        QByteArray hash;
    };
    struct Waiting
    {
        const http::IncomingRequest *request; ///< Kept by decided.
        QByteArray beginning;                 ///< Of what was shown.
        Decided decided;
    };

    Look look(const http::IncomingRequest &request);
    void lookUp(const QByteArray &hash, Waiting &&waiting);
    void found(const QByteArray &hash, const Result<std::optional<auth::TokenRow>> &token);
    void decide(const Waiting &waiting, const std::optional<auth::TokenRow> &token);
    static std::optional<http::Answer> scopeFault(const http::IncomingRequest &request, const auth::TokenRow &token);
    void letIn(const http::IncomingRequest &request, const auth::TokenRow &token, Decided decided);
    void audit(const http::IncomingRequest &request, const auth::TokenRow &token, Decided decided);
    void noteUse(const auth::TokenRow &token);
    http::Answer failed(const http::IncomingRequest &request, const QByteArray &who, const char *reason,
                        http::Answer answer);

    const AuthPolicy m_policy;
    const auth::TokenStore m_store;
    const std::shared_ptr<const auth::AuditLog> m_audit; ///< Shared with requests, which may end after this.
    auth::TokenCache m_cache;
    auth::FailureLimit m_failures;
    QHash<QByteArray, std::vector<Waiting>> m_lookUps; ///< Under way, by hash.
    const std::shared_ptr<queue::Mailbox> m_mailbox;   ///< Shared with what database threads still have to tell.
};

} // namespace quoin::server
