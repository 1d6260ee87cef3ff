// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/messagebody.h"

#include <array>
#include <optional>

namespace quoin::celery {

/// What a task message says about itself: in the headers (protocol 2), or in the body beside the arguments (1).
enum class Field {
    Task,
    Id,
    Shadow,
    Eta,
    Expires,
    Group,
    GroupIndex,
    Retries,
    TimeLimit,
    RootId,
    ParentId,
    ArgsRepr,
    KwargsRepr,
    Origin,
    IgnoreResult,
    Redelivered,
    TaskSet, ///< What a group was called in protocol 1.
    // In the body only:
    Args,
    Kwargs,
    Callbacks,
    Errbacks,
    Chord,
    Chain,
    Count
};

/// The JSON texts of those; an empty view for what is absent or null. Views into what was taken.
class Fields
{
public:
    /// The headers, over what is there already; nothing that only a body says.
    void takeHeaders(QByteArrayView headers);
    /// The body of a message of protocol 1. What it does not say about arguments is none.
    void takeOld(QByteArrayView body);
    /// The third part of a body of protocol 2, an object or null.
    void takeEmbed(QByteArrayView embed);
    void set(Field field, QByteArrayView value) { m_values[static_cast<std::size_t>(field)] = value; }

    QByteArrayView operator[](Field field) const;
    bool has(Field field) const { return !(*this)[field].isEmpty(); }

private:
    static constexpr auto firstOfBody = static_cast<std::size_t>(Field::Args);

    void pick(QByteArrayView object, std::size_t first, std::size_t behind);

    std::array<QByteArrayView, static_cast<std::size_t>(Field::Count)> m_values;
};

/// A name that goes into keys, rows and logs: 1 to 255 characters, none of them a control character or half a surrogate
/// pair. Nothing if it is none. Of a number: its text.
std::optional<QString> identifier(QByteArrayView value);

/// Of a string its text, of a number its own text, else null.
QString looseText(QByteArrayView value);

/// An integer, also one written as 3.0; nothing for anything else.
std::optional<qint64> integer(QByteArrayView value);

/// Fills in what the fields say but for the arguments and what comes afterwards. Why they are malformed, or nothing.
std::optional<Refusal> readFields(const Fields &fields, Message &message);

/// The same for arguments, and for callbacks, errbacks, chain and chord.
std::optional<Refusal> readArguments(const Fields &fields, Message &message);

} // namespace quoin::celery
