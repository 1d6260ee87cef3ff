// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/broker.h"
#include "queue/celery/embed.h"

namespace quoin::celery {

/// The server of the results, where that is not the broker, and the parts of chords, wherever they are. Lives in the
/// thread of its connection.
class ResultStore final
{
public:
    /// connection is lent and outlives this object. expire: 0: never.
    ResultStore(redis::Connection &connection, std::chrono::seconds expire)
        : m_connection(connection)
        , m_expire(expire)
    {
    }

    /// What finishing would write here if this were the broker. Repeatable.
    void store(const QList<Finish> &ends, Broker::Answer<bool> answer);

    /// What there is of a chord.
    struct Chord
    {
        QByteArrayList parts;      ///< All, in their order, if they are complete; else none.
        bool hasStructure = false; ///< See afterChord().
        bool isKnown = false;      ///< Its size is: else its producer keeps results somewhere else, or it is complete.
    };
    /// Counts a part. Counting it again changes nothing.
    void addChordPart(const ChordPart &part, Broker::Answer<Chord> answer);
    /// Its body is published.
    void dropChord(const QString &group);

private:
    redis::Connection &m_connection;
    const std::chrono::seconds m_expire;
};

/// The same finishes without what store() has written.
QList<Finish> withoutResults(QList<Finish> ends);

} // namespace quoin::celery
