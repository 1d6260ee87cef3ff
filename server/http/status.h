// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>

#include <string_view>

namespace quoin::http {

/// The reason phrase of a status (IANA's HTTP Status Code Registry); the name of its class for one that is not
/// registered.
std::string_view reasonPhrase(int status);

/// The status an error's kind becomes.
int statusOf(ErrorKind kind);

/// Whether an answer of this status never has a body (RFC 9110 section 6.4.1, and 205 by its section 15.3.6).
constexpr bool isBodiless(int status) { return status < 200 || status == 204 || status == 205 || status == 304; }

/// An application/problem+json body (RFC 9457). Its type is "urn:quoin:problem:" and the reason phrase in lower case
/// with hyphens, which is stable: a client may switch on it. detail may be empty.
QByteArray problemBody(int status, const QString &detail, QByteArrayView requestId);

} // namespace quoin::http
