// SPDX-License-Identifier: GPL-3.0-only
#include "packages/packageverifier.h"

#include "packages/packagecolumns.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

void PackageVerifier::setSession(Session *session)
{
    delete m_reply;
    m_waiting.clear();
    m_session = session;
}

void PackageVerifier::verify(const QList<qint64> &ids)
{
    if (!isRunning()) {
        m_total = m_good = m_bad = m_failed = 0;
        m_problem = {};
    }
    for (const qint64 id : ids) {
        if (!m_waiting.contains(id)) {
            m_waiting << id;
            ++m_total;
        }
    }
    Q_EMIT progressed();
    next();
}

void PackageVerifier::cancel()
{
    m_waiting.clear();
    if (m_reply)
        m_reply->abort();
}

void PackageVerifier::next()
{
    if (m_reply || m_waiting.isEmpty() || !m_session)
        return;
    const qint64 id = m_waiting.takeFirst();
    // A package of many gigabytes takes its time to be read.
    m_reply = m_session->api().send(
        {.method = "POST", .path = u"/admin/v1/sips/"_s + QString::number(id) + u"/verify"_s, .patience = 30min}, this);
    m_reply->then(this, [this](const ApiReply &reply) {
        m_reply = nullptr;
        take(reply);
        Q_EMIT progressed();
        if (m_waiting.isEmpty())
            Q_EMIT ended(m_problem);
        else
            next();
    });
}

void PackageVerifier::take(const ApiReply &reply)
{
    using enum Problem::Kind;
    if (reply.isOk()) {
        const QJsonObject package = reply.object();
        ++(stateOf(package) == PackageState::Verified ? m_good : m_bad);
        Q_EMIT verified(package);
        return;
    }
    if (reply.problem().kind == Cancelled)
        return;
    ++m_failed;
    m_problem = reply.problem();
    const auto kind = m_problem.kind;
    if (kind == Offline || kind == Unauthorized || kind == Forbidden || kind == ReadOnly)
        m_waiting.clear(); // the others would end the same way
}

} // namespace admin
