// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QByteArrayList>
#include <QByteArrayView>
#include <QString>
#include <QStringList>

namespace quoin::celery {

struct Message;

enum class ResultState { Started, Retry, Success, Failure, Revoked };

/// Why a task failed, as Python shall raise it. Characters that a Python class name cannot have are replaced.
struct TaskFault
{
    QString type = QStringLiteral("TaskFailed");
    QString module = QStringLiteral("quoin"); ///< One that Python has: its class is raised. Else one is made.
    QStringList message;                      ///< What the exception is made with.
    QByteArray values; ///< The same as the text of a JSON array, where it is not of strings. Counts if not empty.
    QString traceback; ///< Any text; null for none.

    /// A task of ours said no, or threw. Python raises quoin.NotFound('no such record'), by the kind of error.
    static TaskFault failed(const Error &error);
    static TaskFault notRegistered(const QString &task);
    static TaskFault hardLimit(double seconds);      ///< billiard's TimeLimitExceeded.
    static TaskFault softLimit();                    ///< billiard's SoftTimeLimitExceeded.
    static TaskFault revoked(const QString &reason); ///< "revoked", "terminated" or "expired".
    static TaskFault chordFailed(const QString &sentence);

    /// As Python's repr() shows it: ValueError('no'). For events; cut if it is long.
    QByteArray repr() const;
    /// {"exc_type": ..., "exc_message": [...], "exc_module": ...}: what a client makes the exception of.
    QByteArray json() const;
};

/// Whose result it is.
struct ResultOwner
{
    QString id, parentId, group;
    QByteArrayList children; ///< Aftermath::children.

    static ResultOwner of(const Message &message);
};

/// The fault in a result of Celery's, {"exc_type": ..., "exc_message": ..., "exc_module": ...}. Requires JSON.
TaskFault faultOf(QByteArrayView result);

/// "celery-task-meta-<id>": the key to SETEX, and the channel to PUBLISH the same text on.
QByteArray resultKey(QStringView id);

/// Texts for that key. Times are microseconds since 1970 UTC. All are ones that a waiting Python client can read; so
/// successText() is Invalid for a result that no Python client could (pythonFault()). Pure; any thread.
QByteArray startedText(const ResultOwner &owner, qint64 pid, const QString &node);
Result<QByteArray> successText(const ResultOwner &owner, QByteArrayView json, qint64 now);
QByteArray failureText(const ResultOwner &owner, const TaskFault &fault, qint64 now);
QByteArray retryText(const ResultOwner &owner, const TaskFault &fault);
QByteArray revokedText(const ResultOwner &owner, const QString &reason, qint64 now);

/// What somebody stored, us or Python.
struct ReadResult
{
    ResultState state = ResultState::Started;
    QByteArray result; ///< The JSON text.
    TaskFault fault;   ///< Of Retry, Failure and Revoked.
    qint64 done = 0;   ///< Microseconds since 1970 UTC, or 0.

    bool isFinal() const { return state != ResultState::Started && state != ResultState::Retry; }
    QString sentence() const; ///< "ValueError: no", for people; empty for a success.
};

/// Reads the value of a result key. Invalid for what is no result, a state of an application's own included.
Result<ReadResult> parseResult(QByteArrayView text);

} // namespace quoin::celery
