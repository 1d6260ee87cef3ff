// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/fault.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace quoin::http {

struct Limits;

struct Field
{
    std::string_view name;  ///< As received.
    std::string_view value; ///< Without white space around it.
};

/// A request head, strictly parsed (RFC 9112). Everything points into the bytes it was parsed from.
struct RequestHead
{
    std::string_view method;
    std::string_view target; ///< As received.
    std::string_view path;   ///< The target's path, percent-encoded; "*" for OPTIONS *.
    std::string_view query;  ///< After '?', percent-encoded.
    bool hasQuery = false;
    std::string_view host; ///< The target's authority where it has one, else the Host field.
    int minor = 1;         ///< Of HTTP/1.x.
    std::vector<Field> fields;

    std::int64_t length = -1; ///< Content-Length; -1 without one.
    bool chunked = false;
    bool keepAlive = true;
    bool expectContinue = false;
    std::string_view requestId;   ///< X-Request-Id if it is 1 to 128 of [A-Za-z0-9._-], else empty.
    std::string_view traceparent; ///< As received; empty without one, and of several.

    bool hasBody() const { return chunked || length > 0; }

    /// Fills this from a whole head, as found by HeadScanner, without the skipped CR LF. Keeps the capacity of fields.
    Fault parse(std::string_view bytes, const Limits &limits);

private:
    Fault parseRequestLine(std::string_view line);
    Fault parseVersion(std::string_view version);
    Fault parseTarget();
    Fault parseField(std::string_view line);
    Fault parseKnownField(const Field &field);
    Fault parseLength(std::string_view value);
    Fault parseTransferEncoding(std::string_view value);
    Fault parseHost(std::string_view value);
    void parseConnection(std::string_view value);
    Fault checkFraming() const;

    bool m_hasHost = false;
    bool m_hasTrace = false;
};

/// Whether text is host [":" port] as a Host field may name it: no userinfo, brackets only around an IPv6 address.
bool isHostAndPort(std::string_view text);

/// Whether a field name is one character or more, all of them tchar; for trailers and for our own answers.
bool isFieldName(std::string_view name);

/// Whether a field value has no control characters but HTAB.
bool isFieldValue(std::string_view value);

} // namespace quoin::http
