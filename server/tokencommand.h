// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "tokensubcommands.h"

#include <quoin/result.h>

class QTextStream;

namespace quoin::server {

class Settings;

/// `quoin token VERB`: works on the database of these settings, whether a server runs on it or not. A new token goes to
/// out and nothing else does, so that TOKEN=$(quoin token create ...) has it; what there is to say goes to err. The
/// exit code: 0 done, 1 not.
int manageTokens(const Settings &settings, const QString &verb, const TokenWish &wish, const QString &operand,
                 bool asJson, QTextStream &out, QTextStream &err);

/// "90d", "12h", "2027-01-31", "2027-01-31T12:00:00Z" as microseconds since 1970 UTC. Invalid if it is no such thing,
/// or has passed.
Result<qint64> expiryOf(const QString &text, qint64 now);

} // namespace quoin::server
