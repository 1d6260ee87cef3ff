// SPDX-License-Identifier: GPL-3.0-only
#include "client/reachability.h"

#include "client/api.h"

#include <algorithm>

namespace admin {

Reachability::Reachability(Api &api, QObject *parent)
    : QObject(parent)
{
    m_retry.setSingleShot(true);
    connect(&api, &Api::sent, this, &Reachability::watch);
    connect(&api, &Api::answered, this, &Reachability::note);
    connect(&m_retry, &QTimer::timeout, this, &Reachability::attempt);
}

void Reachability::watch(ApiReply *reply)
{
    connect(reply, &ApiReply::waiting, this, [this, reply] {
        m_overdue << reply;
        Q_EMIT changed();
    });
    const auto forget = [this, reply] {
        if (m_overdue.remove(reply) && m_overdue.isEmpty())
            Q_EMIT changed();
    };
    connect(reply, &ApiReply::finished, this, forget);
    connect(reply, &QObject::destroyed, this, forget);
}

int Reachability::retryIn() const
{
    return m_retry.isActive() ? std::max(1, (m_retry.remainingTime() + 999) / 1000) : 0;
}

void Reachability::retryNow()
{
    m_failures = 0;
    m_retry.stop();
    Q_EMIT attempt();
    Q_EMIT changed();
}

void Reachability::note(const Problem &problem)
{
    using enum Problem::Kind;
    switch (problem.kind) {
    case Offline:
    case Timeout:
        enter(State::Offline, problem);
        break;
    case Unauthorized:
        enter(State::Unauthorized, problem);
        break;
    case Cancelled:
    case ReadOnly:
        break; // says nothing about the server
    case None:
        if (m_isTrusted)
            enter(State::Online);
        break;
    default:
        break; // it answers, and what it says concerns that request alone
    }
}

void Reachability::trust()
{
    m_isTrusted = true;
    enter(State::Online);
}

void Reachability::distrust(const Problem &problem)
{
    m_isTrusted = false;
    enter(problem.kind == Problem::Kind::Forbidden ? State::Unauthorized : State::Offline, problem);
}

void Reachability::enter(State state, const Problem &problem)
{
    const State before = std::exchange(m_state, state);
    m_problem = problem;
    if (state == State::Offline) {
        scheduleRetry();
    } else {
        m_retry.stop();
        m_failures = 0;
    }
    if (before != state || state == State::Offline)
        Q_EMIT changed();
    if (state == State::Online && before != State::Online)
        Q_EMIT cameOnline();
}

void Reachability::scheduleRetry()
{
    if (m_retry.isActive())
        return; // several requests of one moment failed
    m_retry.start(std::min(30'000, 1000 << std::min(m_failures++, 5)));
}

} // namespace admin
