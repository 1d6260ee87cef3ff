// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>

#include <string_view>

namespace quoin::http {

/// What a proxy says of its client before the first byte of a connection: the PROXY protocol, versions 1 (a line) and
/// 2 (binary), as haproxy's doc/proxy-protocol.txt has it. A value.
struct ProxyHeader
{
    enum class Outcome {
        Partial, ///< It has begun well, and more of it is to come.
        Whole,
        Malformed, ///< Nothing that follows can be understood.
    };

    /// Bytes of a version 1 line with its CR LF, at most (section 2.1).
    static constexpr std::size_t longestLine = 107;
    /// Bytes of a version 2 header at most. Senders keep to the 536 of the smallest segment; what they append (a host
    /// name, a certificate's subject) is skipped, and may make it somewhat longer.
    static constexpr std::size_t longestBinary = 2048;

    Outcome outcome = Outcome::Partial;
    std::size_t size = 0; ///< Of a whole one; the connection's own bytes follow.
    QByteArray client; ///< The address as text, without the port; empty if the connection is the proxy's own (a health
                       ///< check) or of a kind that has no such address.
    const char *why = ""; ///< Of a malformed one; a literal.

    /// bytes: all that has come so far, from the first one on.
    static ProxyHeader read(std::string_view bytes);
};

} // namespace quoin::http
