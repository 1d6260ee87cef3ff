// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QList>

namespace quoin::redis {

/// What Redis answered. A value; any thread.
struct Reply
{
    enum class Kind {
        Nil,
        Integer,
        Text, ///< A string of any bytes, or a status such as "OK".
        List,
        Fault, ///< An error within a list, as of one command of a transaction; text has Redis' words.
    };

    Kind kind = Kind::Nil;
    qint64 integer = 0; ///< If Integer.
    QByteArray text;    ///< If Text or Fault.
    QList<Reply> list;  ///< If List.

    bool isNil() const { return kind == Kind::Nil; }
    bool isInteger() const { return kind == Kind::Integer; }
    bool isText() const { return kind == Kind::Text; }
    bool isList() const { return kind == Kind::List; }
    bool isFault() const { return kind == Kind::Fault; }
};

} // namespace quoin::redis
