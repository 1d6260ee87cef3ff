// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/decide.h"
#include "plugins/pluginstatus.h"

#include <QDateTime>

namespace quoin::plugins {

/// Keeps HostStatus, and tells every change of a plugin's state in one log line (category quoin.plugins):
///     plugin live id=orders version=2.1.0 sha256=0f3a55c1d2e4 generation=7
class StatusBoard
{
public:
    /// What the records say of earlier times: histories, quarantine and bars count, states do not.
    void restore(HostStatus remembered);

    HostStatus &status() { return m_status; }
    const HostStatus &status() const { return m_status; }

    QMap<QString, QList<LiveVersion>> histories() const;
    QStringList removed() const;

    /// What was decided, seen beside what is live. Of a decision that is not final, only what concerns newcomers.
    void show(const Decision &decision, const Plan &live, const QDateTime &now);

    /// What goes live is the latest of its history, from which the oldest falls out; what was held against versions
    /// that are neither live nor offered any more is forgotten.
    void noteLive(const Plan &plan, quint64 generation, const QMap<QString, OfferedFile> &offered,
                  const QDateTime &now);

    /// How many versions of each plugin are kept.
    static constexpr int keptVersions = 3;

private:
    void setFate(const PluginStatus &plugin, VersionFate &fate, VersionFate next, const QDateTime &now);
    PluginStatus &row(const QString &id);
    void showOutcome(const QString &id, const Outcome &outcome, bool isFinal, const QList<VersionKey> &live,
                     const QDateTime &now);
    void showAbsent(const Decision &decision, const QList<VersionKey> &live, const QDateTime &now);

    HostStatus m_status;
};

} // namespace quoin::plugins
