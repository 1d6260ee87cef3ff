// SPDX-License-Identifier: GPL-3.0-only
#include "doorkeeper.h"

#include "auth/authlog.h"
#include "auth/bearer.h"
#include "auth/clock.h"
#include "auth/scopes.h"
#include "doorkeeperanswers.h"
#include "http/incomingrequest.h"
#include "http/reply.h"

#include <atomic>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

using auth::lcAuth;

/// Completes the row of a change with what it was answered.
class AuditSequel final : public http::Sequel
{
public:
    AuditSequel(const std::shared_ptr<const auth::AuditLog> &audit, qint64 id)
        : m_audit(audit)
        , m_id(id)
    {
    }

    void answered(int status) override
    {
        const auto audit = m_audit.lock();
        if (!audit || m_isAnswered.exchange(true))
            return;
        audit->complete(m_id, status).then([id = m_id, status](const Result<qint64> &done) {
            if (!done)
                qCWarning(lcAuth).noquote().nospace() << "audit not completed id=" << id << " status=" << status
                                                      << " error=\"" << done.error().message() << '"';
        });
    }

private:
    const std::weak_ptr<const auth::AuditLog> m_audit;
    const qint64 m_id;
    std::atomic<bool> m_isAnswered = false;
};

const QString &scopeOf(const http::IncomingRequest &request) { return request.match().entry->scope; }

/// Reads through the admin API change nothing, and a client that looks every second would fill the table.
bool isAudited(const http::IncomingRequest &request)
{
    const std::string_view method = request.head().method;
    return auth::isAdminScope(scopeOf(request)) && method != "GET" && method != "HEAD";
}

http::Verdict refused(http::Answer &&answer) { return {nullptr, std::move(answer)}; }

http::Answer cannot(const http::IncomingRequest &request, const QString &what, const Error &error)
{
    qCWarning(lcAuth).noquote().nospace()
        << "request not let in request_id=" << request.id() << " error=\"" << error.message() << '"';
    return http::overloaded(request.idView(), what + u" Try again shortly."_s);
}

} // namespace

Doorkeeper::Doorkeeper(const AuthPolicy &policy, Database database)
    : m_policy(policy)
    , m_store(database)
    , m_audit(std::make_shared<const auth::AuditLog>(database))
    , m_mailbox(std::make_shared<queue::Mailbox>(this))
{
}

Doorkeeper::~Doorkeeper() { m_mailbox->close(); }

// ---- Who is it? ---------------------------------------------------------------------------------------------------

std::optional<http::Answer> Doorkeeper::refusalAtHead(const http::IncomingRequest &request)
{
    Look seen = look(request);
    return seen.token ? scopeFault(request, *seen.token) : std::move(seen.refusal);
}

void Doorkeeper::admit(const http::IncomingRequest &request, Decided decided)
{
    Look seen = look(request);
    if (seen.refusal)
        decided(refused(*std::move(seen.refusal)));
    else if (seen.token)
        letIn(request, *seen.token, std::move(decided));
    else
        lookUp(seen.hash,
               {&request, auth::recognisable(auth::Bearer::read(request.header("Authorization")).token),
                std::move(decided)});
}

Doorkeeper::Look Doorkeeper::look(const http::IncomingRequest &request)
{
    using enum auth::Bearer::Kind;
    const auth::Bearer bearer = auth::Bearer::read(request.header("Authorization"));
    if (bearer.kind == Absent)
        return {answers::tokenWanted(scopeOf(request), request.idView()), nullptr, {}};
    if (bearer.kind == Malformed)
        return {failed(request, {}, "malformed", answers::tokenMalformed(request.idView())), nullptr, {}};

    const auto text = auth::TokenText::parse(bearer.token);
    if (!text)
        return {failed(request, auth::recognisable(bearer.token), "no-token-of-ours",
                       answers::tokenInvalid(u"This is not an access token of this server."_s, request.idView())),
                nullptr,
                {}};
    const qint64 now = auth::steadyMilliseconds();
    const QByteArray hash = text->hash();
    const auto token = m_cache.fresh(hash, now);
    if (token && !token->hasExpired(auth::systemMicroseconds()))
        return {std::nullopt, token, hash};
    const int wait = m_cache.hasSeen(hash) ? 0 : m_failures.secondsToWait(request.peer(), now);
    if (wait > 0)
        return {answers::tooManyFailures(wait, request.idView()), nullptr, hash};
    return {std::nullopt, nullptr, hash};
}

/// Those who come with the same token meanwhile wait for the same answer.
void Doorkeeper::lookUp(const QByteArray &hash, Waiting &&waiting)
{
    auto &all = m_lookUps[hash];
    all.push_back(std::move(waiting));
    if (all.size() > 1)
        return;
    m_store.find(hash).then([this, mailbox = m_mailbox, hash](const Result<std::optional<auth::TokenRow>> &token) {
        mailbox->post([this, hash, token] { found(hash, token); });
    });
}

void Doorkeeper::found(const QByteArray &hash, const Result<std::optional<auth::TokenRow>> &token)
{
    const std::vector<Waiting> all = m_lookUps.take(hash);
    const bool isGood = token && *token && (*token)->isLive(auth::systemMicroseconds());
    if (isGood)
        m_cache.put(**token, auth::steadyMilliseconds());
    else if (token)
        m_cache.drop(hash);
    for (const Waiting &waiting : all) {
        if (token)
            decide(waiting, *token);
        else
            waiting.decided(
                refused(cannot(*waiting.request, u"Access tokens cannot be checked at the moment."_s, token.error())));
    }
}

void Doorkeeper::decide(const Waiting &waiting, const std::optional<auth::TokenRow> &token)
{
    const http::IncomingRequest &request = *waiting.request;
    const auto refuse = [&](const QByteArray &who, const char *reason, const QString &why) {
        waiting.decided(refused(failed(request, who, reason, answers::tokenInvalid(why, request.idView()))));
    };
    if (!token)
        return refuse(waiting.beginning, "unknown", u"This access token is not known here."_s);
    const QByteArray who = token->beginning + " token_id=" + QByteArray::number(token->id);
    if (token->revoked)
        return refuse(who, "revoked", u"The access token \"%1\" was revoked."_s.arg(token->name));
    if (token->hasExpired(auth::systemMicroseconds()))
        return refuse(who, "expired", u"The access token \"%1\" has expired."_s.arg(token->name));
    letIn(request, *token, waiting.decided);
}

/// Counts and logs the failure. Once an address has had its share, its answer is 429 and the log has no more of it.
http::Answer Doorkeeper::failed(const http::IncomingRequest &request, const QByteArray &who, const char *reason,
                                http::Answer answer)
{
    const qint64 now = auth::steadyMilliseconds();
    const QByteArray peer = request.peer();
    if (const int wait = m_failures.secondsToWait(peer, now); wait > 0)
        return answers::tooManyFailures(wait, request.idView());
    m_failures.note(peer, now);
    qCWarning(lcAuth).noquote().nospace()
        << "access token refused reason=" << reason << " peer=" << peer << " token=" << (who.isEmpty() ? "-"_ba : who)
        << " request_id=" << request.id();
    if (const int wait = m_failures.secondsToWait(peer, now); wait > 0)
        qCWarning(lcAuth).noquote().nospace()
            << "too many wrong access tokens peer=" << peer << " refused for seconds=" << wait;
    return answer;
}

// ---- May it? ------------------------------------------------------------------------------------------------------

std::optional<http::Answer> Doorkeeper::scopeFault(const http::IncomingRequest &request, const auth::TokenRow &token)
{
    if (auth::includes(token.scopes, scopeOf(request)))
        return std::nullopt;
    qCInfo(lcAuth).noquote().nospace() << "scope missing token=\"" << token.name << "\" scope=" << scopeOf(request)
                                       << " peer=" << request.peer() << " request_id=" << request.id();
    return answers::scopeMissing(token.name, scopeOf(request), request.idView());
}

void Doorkeeper::letIn(const http::IncomingRequest &request, const auth::TokenRow &token, Decided decided)
{
    noteUse(token);
    if (auto fault = scopeFault(request, token))
        return decided(refused(*std::move(fault)));
    if (isAudited(request))
        return audit(request, token, std::move(decided));
    auto admission = std::make_unique<http::Admission>();
    admission->caller = std::make_shared<const http::Caller>(http::Caller{token.id, token.name, token.scopes});
    decided({std::move(admission), {}});
}

/// Nothing is changed that is not written down: without its row the change is not made.
void Doorkeeper::audit(const http::IncomingRequest &request, const auth::TokenRow &token, Decided decided)
{
    auth::AuditRow row;
    row.at = auth::systemMicroseconds();
    row.tokenId = token.id;
    row.token = token.name;
    row.peer = request.peer();
    row.method = request.method();
    row.path = request.path();
    row.detail = auth::auditDetail(request.query(), request.header("Content-Type"), request.body());
    row.requestId = request.id();
    auto caller = std::make_shared<const http::Caller>(http::Caller{token.id, token.name, token.scopes});
    m_audit->begin(row).then(
        [this, mailbox = m_mailbox, &request, caller, decided = std::move(decided)](const Result<qint64> &id) {
            mailbox->post([this, &request, caller, decided, id] {
                if (!id)
                    return decided(refused(
                        cannot(request, u"Changes cannot be written down at the moment, so this one was not made."_s,
                               id.error())));
                auto admission = std::make_unique<http::Admission>();
                admission->caller = caller;
                admission->sequel = std::make_unique<AuditSequel>(m_audit, *id);
                decided({std::move(admission), {}});
            });
        });
}

void Doorkeeper::noteUse(const auth::TokenRow &token)
{
    if (!m_cache.isUseToNote(token.hash, auth::steadyMilliseconds()))
        return;
    m_store.noteUse(token.id, auth::systemMicroseconds()).then([id = token.id](const Result<qint64> &noted) {
        if (!noted)
            qCDebug(lcAuth).noquote() << "use of token not noted id=" << id << noted.error().message();
    });
}

} // namespace quoin::server
