// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>

#include <string>
#include <string_view>

namespace quoin::http {

/// How the client finds the end of a body.
enum class Framing : quint8 { None, Length, Chunked, UntilClose };

/// What the head of an answer says, apart from the handler's own fields.
struct ResponseFacts
{
    int status = 200;
    Framing framing = Framing::Length;
    qint64 length = 0; ///< For Framing::Length.
    int minor = 1;     ///< Of the request's HTTP/1.x.
    bool keepAlive = true;
    std::string_view date; ///< "Date: ...\r\n"
    std::string_view requestId;
    std::string_view serverTiming; ///< "Server-Timing: ...\r\n", or empty.
};

/// Appends a complete head to out. Fields that belong to the host (Content-Length, Transfer-Encoding, Connection, Date,
/// X-Request-Id and the hop-by-hop ones) are left out. False, with out as it was, if one of the handler's fields would
/// break the framing: a name that is no token, or a control character in a value.
bool appendResponseHead(std::string &out, const ResponseFacts &facts, const HeaderList &headers);

} // namespace quoin::http
