// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/message.h"

namespace quoin::celery {

/// Something to LPUSH.
struct Publication
{
    QByteArray key; ///< Of the priority's step: queueKey().
    QByteArray envelope;
    QString id, task;
};

/// A task message to be written.
struct Outgoing
{
    QString id, task;
    QByteArray args = QByteArrayLiteral("[]");    ///< The text of an array.
    QByteArray kwargs = QByteArrayLiteral("{}");  ///< The text of an object.
    QByteArray callbacks, errbacks, chain, chord; ///< As in Message; null if there is nothing.
    QByteArray queue;                             ///< The routing key; the exchange is always the anonymous one.
    int priority = 0;                             ///< Celery's: 0 is served first. See wirePriority().
    QByteArray eta, expires;                      ///< isoTime(), or as another message had it. Empty: none.
    int retries = 0;
    std::optional<std::chrono::milliseconds> hardLimit, softLimit;
    QString group;
    std::optional<qint64> groupIndex;
    QString rootId; ///< Empty: the id.
    QString parentId, shadow;
    QString origin; ///< "gen<pid>@<host>" of a producer, the node's name of a worker.
    QString replyTo;
    QString correlationId; ///< Empty: the id.
    bool ignoreResult = false;
    QByteArray argsRepr, kwargsRepr; ///< Empty: made here.
    QByteArray tag;                  ///< Empty: a fresh UUID. Must be new for every push but a repeated one.
    QByteArray headers; ///< Further headers, the text of an object: custom ones, stamps, stamped_headers and
                        ///< replaced_task_nesting. Of the names above none counts.

    /// Whether a Python worker may get it. Then what would be lost or harm there is refused: see pythonFault().
    bool readByPython = true;
};

/// The envelope as Celery 5.6 writes it (5.2's headers and three more), body in base64. Invalid, with the reason, where
/// the message would be malformed: a Python worker dies of those, and so does the next that gets it. Pure; any thread.
Result<QByteArray> envelope(const Outgoing &message);

/// envelope() with the key it is pushed to.
Result<Publication> publication(const Outgoing &message);

/// The message once more for a later attempt, as a Celery worker sends it: the same id, body, headers and limits, one
/// retry more, the eta, itself as parent, a new tag. To `queue`, the one it came from. eta: microseconds since 1970.
Result<Publication> retryPublication(const Message &message, QByteArrayView queue, qint64 eta, const QString &origin);

/// The envelope with the two marks that say it was delivered before (headers.redelivered and delivery_info.redelivered)
/// and nothing else changed, not even white space: what goes back to a queue. What has no such places stays as it is.
QByteArray redeliveredEnvelope(QByteArrayView raw);

/// Why no Python worker could read this argument or result, or empty: kombu drops a task without a result if there is
/// an object of exactly "__type__" and "__value__" that it cannot convert, an integer of more than 4300 digits (the
/// limit of Python 3.11's int()), or nesting too deep for its recursion limit. Requires JSON. Pure; any thread.
QString pythonFault(QByteArrayView json);

/// A random UUID as Celery writes ids: lower case, no braces.
QString freshId();

} // namespace quoin::celery
