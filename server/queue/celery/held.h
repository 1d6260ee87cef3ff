// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/broker.h"
#include "queue/celery/message.h"
#include "queue/celery/result.h"
#include "queue/exchange.h"
#include "trace/context.h"

#include <QHash>
#include <QMap>

#include <memory>

namespace quoin::celery {

/// How it ended with a message.
struct Ending
{
    enum class Kind {
        Succeeded,
        Failed,    ///< For good, with the fault.
        Retried,   ///< This attempt failed with the fault; the next is due.
        Revoked,   ///< Not run, or stopped: reason is "revoked", "terminated" or "expired".
        GivenBack, ///< To the front of its queue, as if never taken.
        PutOff,    ///< Until due.
        Dropped,   ///< Acknowledged and nothing else: somebody else has the task.
    };
    Kind kind = Kind::Dropped;
    TaskFault fault = {};
    QString reason = {}; ///< Of Revoked; of Failed what is logged and kept in the table.
    qint64 due = 0;      ///< Microseconds since 1970 UTC, by Redis' clock.
    qint64 started = 0, finished = 0;
    bool isDeadLetter = false; ///< Failed: and the message goes into quoin:dead.
};

struct Held;
using HeldPointer = std::shared_ptr<Held>; // shared: with the steps under way, which may outlast our interest in it

/// A message that is claimed and not finished with.
struct Held
{
    quint64 serial = 0; ///< In the order of the claims.
    ClaimedMessage claimed;
    Message message;
    QString name;         ///< By which the task is known here; null: it is not.
    QByteArray arguments; ///< The array the task is called with.
    qint64 row = 0;       ///< In the table `task`; 0: not (yet) there.
    int attempt = 0;
    qint64 created = 0;
    trace::Context trace;           ///< Of its message or row; once it has ended, of its run.
    std::optional<Ending> foregone; ///< Known before it was begun: it is not run.
    bool isLost = false;            ///< Somebody took it from us; what it does is settled in the table only.
    bool isClosing = false;         ///< Its end is being written into Redis.
    int failures = 0;               ///< Times that could not be done.
    QList<HeldPointer> copies;      ///< Claims of the same message that came while it is at work: they end with it.

    queue::LeaseKey key() const { return {row, attempt}; }
};

/// Everything that is claimed here, found by its tag and by its run. What is lost stays until it has ended.
class Hands
{
public:
    qsizetype count() const { return m_all.size(); }
    /// In the order of the claims.
    QList<HeldPointer> all() const { return m_all.values(); }

    void add(const HeldPointer &held);
    void addRun(const HeldPointer &held) { m_runs.insert(held->key(), held); }
    /// Its run is not ours to hear of any more.
    void forgetRun(const HeldPointer &held) { m_runs.remove(held->key()); }
    HeldPointer find(const queue::LeaseKey &key) const { return m_runs.value(key); }
    qint64 bytes() const { return m_bytes; } ///< Of all messages.
    bool has(const HeldPointer &held) const { return m_all.contains(held->serial); }
    /// Somebody took it from us. Requires has().
    void setLost(const HeldPointer &held);
    /// What was taken from us and has the message of this id.
    HeldPointer findLost(const QString &id) const { return m_lost.value(id); }
    /// It is here again, by another claim.
    void adopt(const HeldPointer &held, const ClaimedMessage &claimed);
    HeldPointer findId(const QString &id) const;
    /// That has a row and this id.
    HeldPointer findAtWork(const QString &id) const;
    void remove(const HeldPointer &held);
    void clear();

private:
    quint64 m_serial = 0;
    qint64 m_bytes = 0;
    QMap<quint64, HeldPointer> m_all;
    QHash<queue::LeaseKey, HeldPointer> m_runs;
    QHash<QString, HeldPointer> m_lost;
};

} // namespace quoin::celery
