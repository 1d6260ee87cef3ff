// SPDX-License-Identifier: GPL-3.0-only
#include "redis/wire.h"

#include <QByteArrayList>
#include <QString>

#include <hiredis/hiredis.h>

using namespace Qt::StringLiterals;

namespace quoin::redis {

namespace {

constexpr auto answered = "Redis answered: "_L1;

QByteArray text(const redisReply &reply) { return QByteArray(reply.str, static_cast<qsizetype>(reply.len)); }

Reply toReply(const redisReply &reply)
{
    Reply result;
    switch (reply.type) {
    case REDIS_REPLY_INTEGER:
        result.kind = Reply::Kind::Integer;
        result.integer = reply.integer;
        break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
        result.kind = Reply::Kind::Text;
        result.text = text(reply);
        break;
    case REDIS_REPLY_ERROR:
        result.kind = Reply::Kind::Fault;
        result.text = text(reply);
        break;
    case REDIS_REPLY_ARRAY:
        result.kind = Reply::Kind::List;
        result.list.reserve(static_cast<qsizetype>(reply.elements));
        for (std::size_t i = 0; i < reply.elements; ++i)
            result.list.append(toReply(*reply.element[i]));
        break;
    default:
        break; // Nil. What else there is, is of protocol 3, which we do not ask for.
    }
    return result;
}

/// The errors of redis.io that time, or an operator, may heal; the command was not carried out.
bool isPassing(QByteArrayView word)
{
    static const QByteArrayList words{"LOADING", "READONLY",   "OOM",         "MISCONF",  "MASTERDOWN",
                                      "BUSY",    "NOREPLICAS", "CLUSTERDOWN", "TRYAGAIN", "UNBLOCKED"};
    for (const QByteArray &passing : words) {
        if (word == passing)
            return true;
    }
    return false;
}

} // namespace

Error toError(const QByteArray &words)
{
    const qsizetype space = words.indexOf(' ');
    const QString sentence = QString::fromUtf8(words);
    if (isPassing(QByteArrayView(words).first(space < 0 ? words.size() : space)))
        return Error::unavailable(u"Redis refuses at the moment: %1"_s.arg(sentence));
    return Error::internal(answered + sentence);
}

bool isUnknownScript(const Error &error) { return error.message().startsWith(answered + "NOSCRIPT"_L1); }

Result<Reply> toResult(const redisReply &reply)
{
    if (reply.type == REDIS_REPLY_ERROR)
        return toError(text(reply));
    return toReply(reply);
}

} // namespace quoin::redis
