// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QHash>

namespace quoin::auth {

/// How often an address may show a wrong token: ten times at once, and once more every six seconds. Guessing is
/// hopeless anyway; this keeps a broken client from filling the log and asking the database. An IPv6 address counts
/// with its /64. Times are steadyMilliseconds(). Bounded in size. One thread.
class FailureLimit
{
public:
    static constexpr int atOnce = 10;
    static constexpr qint64 everyMs = 6000;

    void note(const QByteArray &address, qint64 now);
    /// Until when nothing more is heard from it, in whole seconds from now; 0: it may try.
    int secondsToWait(const QByteArray &address, qint64 now) const;

private:
    void makeRoom(qint64 now);

    QHash<QByteArray, qint64> m_forgotten; ///< When all of its failures are.
};

} // namespace quoin::auth
