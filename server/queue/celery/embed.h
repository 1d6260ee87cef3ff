// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/envelope.h"
#include "queue/celery/result.h"
#include "trace/context.h"

#include <functional>
#include <optional>

namespace quoin::celery {

/// What canvas work needs to know about where it happens.
struct CanvasGround
{
    qint64 now = 0; ///< Microseconds since 1970 UTC.
    QString node;   ///< The origin of what is published.
    /// The queue of a task whose signature names none. Celery's router is the Python application's own code.
    std::function<QByteArray(const QString &task)> queueFor;
    trace::Context trace = {}; ///< What is published goes on with it, if it is valid.
};

/// "celery-taskset-meta-<group>" and a suffix: ".s" the size of a chord's header, ".j" the parts that are there, ".t" a
/// correction of the size, "" the structure of a header that was nested.
QByteArray chordKey(QStringView group, QByteArrayView suffix);

/// SETEX it with the results' time to live on the server of the results, before anything is published.
struct ChordSize
{
    QByteArray key; ///< chordKey(group, ".s")
    qint64 size = 0;
};

/// The result of a task that will never run, because the one before it failed. Store it as any other.
struct ResultWrite
{
    QString id;
    QByteArray text;
};

/// A task of a chord's header that ended: to be counted. Once all are there (count = size + correction), their texts
/// go to afterChord(), once, and the keys go.
struct ChordPart
{
    QString group;
    std::optional<qint64> index; ///< In the header; the score of the part, +inf if none.
    QByteArray part;             ///< '[1, "<id>", "SUCCESS", 2]'
    QByteArray body;             ///< The signature of what comes after.
    QString task, rootId;        ///< Of the task that ended.
};

/// All that has to be written beside a task's own result. In one transaction with it and the acknowledgement if that
/// can be; else in the order of the members here, the result after `publications`.
struct Aftermath
{
    QList<ChordSize> chordSizes;
    QList<Publication> publications;
    QList<ResultWrite> results;
    QList<ChordPart> parts;
    QByteArrayList children; ///< For the task's result: texts "[[id, null], null]".

    bool isEmpty() const
    {
        return chordSizes.isEmpty() && publications.isEmpty() && results.isEmpty() && parts.isEmpty();
    }
};

/// What a finished task's message asks for: its callbacks, the next of its chain with the rest as its own chain, its
/// part of a chord. Signatures may be tasks, chains, groups, chords, maps and chunks. Invalid, with the reason, if one
/// of them cannot be published: then the task has failed, as in Celery. result: its JSON text. Pure; any thread.
Result<Aftermath> afterSuccess(const Message &message, QByteArrayView result, const CanvasGround &ground);

/// The errbacks as tasks that get the failed task's id; failures for the rest of the chain; the part of a chord. An
/// errback that cannot be published is left out and told of in `*told` (one sentence each).
Aftermath afterFailure(const Message &message, const TaskFault &fault, const CanvasGround &ground,
                       QStringList *told = nullptr);

/// A revoked task (reason as for revokedText()) has only its part of a chord.
Aftermath afterRevocation(const Message &message, const QString &reason);

/// The header is complete: the body with the list of results as its first argument, or if one failed, the failure of
/// the body and its errbacks. parts: as read from Redis, in their order. hasStructure: chordKey(group, "") exists; the
/// body of such a header fails with a reason, because only Python can tell how its results were nested.
Aftermath afterChord(const ChordPart &last, const QByteArrayList &parts, const CanvasGround &ground,
                     bool hasStructure = false, QStringList *told = nullptr);

} // namespace quoin::celery
