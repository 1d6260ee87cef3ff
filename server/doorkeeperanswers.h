// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/answer.h"

#include <QStringList>

#include <string_view>

namespace quoin::server::answers {

// What a request without the right token is told: RFC 6750 section 3, in a problem.

/// 401: there is no token.
http::Answer tokenWanted(const QString &scope, std::string_view requestId);
/// 400: what follows "Bearer" is no token.
http::Answer tokenMalformed(std::string_view requestId);
/// 401: why this token is none.
http::Answer tokenInvalid(const QString &why, std::string_view requestId);
/// 403: it is good, but not for this.
http::Answer scopeMissing(const QString &token, const QString &scope, std::string_view requestId);
/// 429: try again in so many seconds.
http::Answer tooManyFailures(int seconds, std::string_view requestId);

} // namespace quoin::server::answers
