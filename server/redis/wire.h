// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/reply.h"

#include <quoin/result.h>

#include <QByteArray>

struct redisReply;

namespace quoin::redis {

/// A reply as hiredis has read it. An error at its top is an Error, one further in a Fault.
Result<Reply> toResult(const redisReply &reply);

/// What Redis' words mean to one who gave a command: its first one tells Unavailable from Internal.
Error toError(const QByteArray &words);
/// Whether it is EVALSHA's NOSCRIPT.
bool isUnknownScript(const Error &error);

} // namespace quoin::redis
