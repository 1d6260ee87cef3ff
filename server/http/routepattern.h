// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QString>

#include <string>
#include <string_view>
#include <vector>

namespace quoin::http {

struct RouteEntry;

/// A path template cut into segments and checked.
struct RoutePattern
{
    struct Segment
    {
        std::string literal; ///< As it is on the wire, percent-encoded where it must be. Empty and !isCapture for "/"
                             ///< at the end.
        bool isCapture = false;
    };
    std::vector<Segment> segments;

    bool isLiteral() const;
    /// The wire form of a pattern without captures.
    std::string path() const;

    /// Invalid with a sentence naming the route, its owner and what is wrong.
    static Result<RoutePattern> parse(const RouteEntry &entry);
};

/// Percent-decodes a segment. Nothing if an escape is malformed or is %00.
bool isDecodable(std::string_view segment);
/// Requires isDecodable().
QByteArray percentDecoded(std::string_view segment);
/// Whether text is an integer of 64 bits in its one canonical form: no '+', no leading zero, no "-0".
bool isCanonicalInteger(std::string_view text);

} // namespace quoin::http
