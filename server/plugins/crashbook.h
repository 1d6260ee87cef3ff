// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/plan.h"
#include "plugins/pluginstatus.h"

#include <QDateTime>
#include <QList>
#include <QMap>

#include <chrono>

namespace quoin::plugins {

struct CrashLimits
{
    int crashes = 3; ///< So many within the window are too many.
    std::chrono::seconds window{60};
    std::chrono::seconds probation{60}; ///< For so long after an upgrade one crash is too many.
};

/// Counts crashes and says what they come to. Times are passed in.
class CrashBook
{
public:
    enum class Verdict {
        Counted,    ///< It may go on.
        RollBack,   ///< It has just come, and its predecessor was there to take its place.
        Quarantine, ///< Too often.
    };

    explicit CrashBook(CrashLimits limits = {})
        : m_limits(limits)
    {
    }

    /// history: of this id, the latest first. canRollBack: whether the version is what the folder holds; one that
    /// itself serves in another's place has nowhere to go back to.
    Verdict crashed(const VersionKey &key, const QList<LiveVersion> &history, bool canRollBack, const QDateTime &now);

    /// Within the window, of this version.
    int count(const VersionKey &key) const { return static_cast<int>(m_crashes.value(key).size()); }

    void forget(const QString &id);

private:
    bool isOnProbation(const VersionKey &key, const QList<LiveVersion> &history, const QDateTime &now) const;

    const CrashLimits m_limits;
    QMap<VersionKey, QList<QDateTime>> m_crashes;
};

} // namespace quoin::plugins
