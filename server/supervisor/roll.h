// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/workerphase.h"

#include <QJsonObject>
#include <QSet>

namespace quoin::supervisor {

/// The workers of one generation: posts 0 and up, web workers first. A value.
struct Posts
{
    int web = 1;
    int tasks = 0;

    int count() const { return web + tasks; }
    /// Whose connections are given to: web workers, or task workers where there are no others.
    Role receiving() const { return web > 0 ? Role::Web : Role::Tasks; }
};

/// A new generation on its way to being the one that serves: first a canary (post 0), and when that is ready the other
/// posts. A value; knows no processes.
class Roll
{
public:
    /// What to do next.
    enum class Step {
        Wait,        ///< For those that are starting.
        StartOthers, ///< The canary is ready: start posts 1 and up.
        Switch,      ///< All are ready.
        StartAgain,  ///< This post, which was lost to something outside.
        Refuse,      ///< The generation is not to serve.
    };

    Roll(quint64 generation, QJsonObject brief, Posts posts)
        : m_generation(generation)
        , m_brief(std::move(brief))
        , m_posts(posts)
    {
    }

    quint64 generation() const { return m_generation; }
    const QJsonObject &brief() const { return m_brief; }
    const Posts &posts() const { return m_posts; }
    /// The canary's.
    const QJsonObject &report() const { return m_report; }

    Step ready(int post, const QJsonObject &report);
    /// The worker of a post is gone. fromOutside: it was killed by something that is no fault of what it runs (a
    /// person, the kernel short of memory).
    Step lost(int post, bool fromOutside);

private:
    static constexpr int mostRepeats = 3;

    quint64 m_generation;
    QJsonObject m_brief;
    Posts m_posts;
    QJsonObject m_report;
    QSet<int> m_ready;
    int m_repeats = 0;
    bool m_hasStartedOthers = false;
};

} // namespace quoin::supervisor
