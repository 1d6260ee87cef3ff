// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QHash>
#include <QMultiMap>
#include <QString>

namespace quoin::celery {

/// Which tasks must not be run: the newest 50 000 of the last three hours, as Celery's workers keep them.
class Revocations
{
public:
    static constexpr qsizetype most = 50'000;
    static constexpr qint64 remembered = qint64(3) * 3600 * 1'000'000; ///< Microseconds.

    bool contains(const QString &id) const { return m_times.contains(id); }
    const QHash<QString, qint64> &all() const { return m_times; }

    /// Microseconds since 1970 UTC; of two times the later one is kept. Those that are new here or have become later.
    QHash<QString, qint64> add(const QHash<QString, qint64> &ids);
    void forgetOld(qint64 now);

private:
    void removeOldest();

    QHash<QString, qint64> m_times;
    QMultiMap<qint64, QString> m_byTime;
};

} // namespace quoin::celery
