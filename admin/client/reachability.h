// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/problem.h"

#include <QObject>
#include <QSet>
#include <QTimer>

namespace admin {

class Api;
class ApiReply;

/// Whether the server answers, learned from every answer there is, and from attempts of its own while it does not.
class Reachability : public QObject
{
    Q_OBJECT

public:
    enum class State {
        Connecting,   ///< not known yet
        Online,       ///< the last answer was one
        Offline,      ///< attempts go on, see retryIn()
        Unauthorized, ///< it answers but not to us; nothing is tried until there is another token
    };
    Q_ENUM(State)

    explicit Reachability(Api &api, QObject *parent = nullptr);

    State state() const { return m_state; }
    bool isOnline() const { return m_state == State::Online; }
    /// An answer is overdue by more than a second: say so, and that nothing is wrong.
    bool isSlow() const { return !m_overdue.isEmpty(); }
    /// Why it is offline or unauthorized.
    const Problem &problem() const { return m_problem; }
    /// Seconds until the next attempt; 0 while one is under way.
    int retryIn() const;
    void retryNow();
    /// How a request ended. Answers count as "online" only once the server is known for what it is.
    void note(const Problem &problem);
    /// It told what it offers, so it is a server of ours and takes our token.
    void trust();
    /// It answers, but not as a server of ours that takes our token: the banner says `problem`, attempts go on.
    void distrust(const Problem &problem);

Q_SIGNALS:
    void changed();
    /// From another state to Online: what is shown may be old.
    void cameOnline();
    /// Time to ask the server for anything; whoever does, the answer is noticed.
    void attempt();

private:
    void watch(ApiReply *reply);
    void enter(State state, const Problem &problem = {});
    void scheduleRetry();

    QSet<QObject *> m_overdue; ///< compared only
    QTimer m_retry;
    Problem m_problem;
    State m_state = State::Connecting;
    int m_failures = 0;
    bool m_isTrusted = false;
};

} // namespace admin
