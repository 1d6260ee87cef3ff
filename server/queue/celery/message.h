// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QPair>
#include <QString>

#include <chrono>
#include <optional>

namespace quoin::celery {

/// The most bytes of a message, and of its body when it is unpacked.
constexpr qsizetype largestMessage = 64 * 1024 * 1024;

/// Whether a message that could be identified can be run.
enum class Standing {
    Sound,     ///< Run it.
    Foreign,   ///< Well-formed, but not for us to read: pickle, bzip2, NaN. Acknowledge it; its result is a failure.
    Malformed, ///< Its body or a header is not what Celery sends. To the dead letters, and its result is a failure, so
               ///< that nobody waits for ever.
};

/// A task message of protocol 2, or one of protocol 1 in its form. Texts of JSON are as they came, so that numbers of
/// any size and the order of keys survive. A value; any thread.
struct Message
{
    Standing standing = Standing::Sound;
    QString refusal; ///< Why it is not Sound: one sentence.

    QByteArray raw; ///< As it came.
    int protocol = 2;
    QByteArray tag; ///< The text of delivery_tag; of a number, the number's.
    QByteArray exchange,
        routingKey;   ///< Of properties.delivery_info. Which queue it came from is the consumer's to know.
    int priority = 0; ///< As sent, not clamped.

    QString id, task;
    QByteArray args = QByteArrayLiteral("[]"); ///< The text of the array...
    QList<QByteArray> arguments;               ///< ...and of its elements.
    QByteArray kwargs = QByteArrayLiteral("{}");
    QList<QPair<QString, QByteArray>>
        keywordArguments; ///< In order; of names given twice the last value, as in Python.

    /// What to do afterwards: arrays of signatures, and for chord one. Null if there is nothing.
    QByteArray callbacks, errbacks, chain, chord;

    std::optional<qint64> eta, expires; ///< Microseconds since 1970 UTC.
    QByteArray expiresText;             ///< As it came, for whoever sends it on.
    int retries = 0;
    std::optional<std::chrono::milliseconds> hardLimit, softLimit;
    QString group;
    std::optional<qint64> groupIndex;
    QString rootId; ///< Never empty: a task without is its own root.
    QString parentId, shadow, origin, replyTo, correlationId;
    bool ignoreResult = false;
    bool redelivered = false;
    QByteArray argsRepr, kwargsRepr;              ///< As sent, or made here, never longer than longestRepr. UTF-8.
    QByteArray headers = QByteArrayLiteral("{}"); ///< The object, custom headers and stamps included.
};

/// Reads what was popped from a queue. Accepts what Celery 3.1 to 5.6 send: bodies in base64 or plain, compressed with
/// zlib or not, protocol 1 and 2. Invalid, with the reason, for what cannot even be identified (no JSON object; no
/// task, id, properties, delivery_tag or delivery_info with exchange and routing_key): only the dead letters are left
/// for it. Everything else is a Message; look at its standing first: if that is not Sound, only what was read before
/// the refusal is set, at least raw, tag, exchange, routingKey, id and task. Linear time, bounded depth. Pure; any
/// thread.
Result<Message> parseMessage(QByteArrayView raw);

} // namespace quoin::celery
