// SPDX-License-Identifier: GPL-3.0-only
#include "http/requesthead.h"

#include "http/characters.h"
#include "http/limits.h"

#include <utility>

namespace quoin::http {

bool isFieldName(std::string_view name) { return !name.empty() && isAll(name, Token); }

bool isFieldValue(std::string_view value) { return isAll(value, FieldText); }

bool isHostAndPort(std::string_view text)
{
    if (!isAll(text, HostText))
        return false;
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos || end < 3)
            return false;
        port = text.substr(end + 1);
        text = text.substr(1, end - 1);
        if (text.find('[') != std::string_view::npos)
            return false;
    } else {
        const std::size_t colon = text.find(':');
        port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
        text = text.substr(0, colon);
        if (text.find_first_of("[]") != std::string_view::npos)
            return false;
    }
    return port.empty() || (port.front() == ':' && isAll(port.substr(1), Digit));
}

Fault RequestHead::parse(std::string_view bytes, const Limits &limits)
{
    auto kept = std::move(fields);
    kept.clear();
    *this = RequestHead();
    fields = std::move(kept);

    bool first = true;
    while (bytes != "\r\n") {
        const std::size_t end = bytes.find('\r');
        if (end + 1 >= bytes.size() || bytes[end + 1] != '\n')
            return {400, "The request head has a CR that is not followed by LF."};
        const std::string_view line = bytes.substr(0, end);
        if (!first && fields.size() == static_cast<std::size_t>(limits.fields))
            return {431, "The request has more header fields than this server accepts."};
        if (const Fault fault = first ? parseRequestLine(line) : parseField(line))
            return fault;
        first = false;
        bytes.remove_prefix(end + 2);
    }
    return checkFraming();
}

// ---- The request line ---------------------------------------------------------------------------------------------

Fault RequestHead::parseRequestLine(std::string_view line)
{
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == 0 || last <= first + 1 || last + 1 == line.size())
        return {400, "The request line is not \"METHOD target HTTP/1.1\"."};
    method = line.substr(0, first);
    target = line.substr(first + 1, last - first - 1);
    if (!isAll(method, Token))
        return {400, "The request method has a character that is not allowed in one."};
    if (method.size() > 32 || method == "CONNECT")
        return {501, "This server does not know the request method."};
    if (!isAll(target, TargetText))
        return {400, "The request target has a space, a control character or a byte above 0x7E; percent-encode it."};
    if (const Fault fault = parseVersion(line.substr(last + 1)))
        return fault;
    return parseTarget();
}

Fault RequestHead::parseVersion(std::string_view version)
{
    if (version.size() != 8 || !version.starts_with("HTTP/") || !is(version[5], Digit) || version[6] != '.'
        || !is(version[7], Digit))
        return {400, "The request line does not end in an HTTP version."};
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
        return {505, "This server speaks HTTP/1.1 and HTTP/1.0."};
    minor = version[7] - '0';
    keepAlive = minor == 1;
    return {};
}

/// origin-form, absolute-form or asterisk-form (RFC 9112 section 3.2).
Fault RequestHead::parseTarget()
{
    if (target.find('#') != std::string_view::npos)
        return {400, "The request target has a fragment, which never leaves a client."};
    std::string_view rest = target;
    if (!rest.starts_with('/')) {
        if (rest == "*" && method == "OPTIONS") {
            path = rest;
            return {};
        }
        const std::size_t scheme = isWord(rest.substr(0, 7), "http://") ? 7
            : isWord(rest.substr(0, 8), "https://")                     ? 8
                                                                        : 0;
        if (scheme == 0)
            return {400, "The request target is neither a path nor an http URL."};
        rest.remove_prefix(scheme);
        host = rest.substr(0, rest.find_first_of("/?"));
        if (host.empty() || host.front() == ':' || !isHostAndPort(host))
            return {400, "The request target names no valid host."};
        rest.remove_prefix(host.size());
    }
    const std::size_t mark = rest.find('?');
    hasQuery = mark != std::string_view::npos;
    query = hasQuery ? rest.substr(mark + 1) : std::string_view();
    path = rest.substr(0, mark);
    if (path.empty())
        path = "/";
    return {};
}

// ---- The fields ---------------------------------------------------------------------------------------------------

Fault RequestHead::parseField(std::string_view line)
{
    std::size_t colon = 0;
    while (colon < line.size() && is(line[colon], Token))
        ++colon;
    if (colon == 0 || colon == line.size() || line[colon] != ':')
        return {400, "A header line is not \"Name: value\"; folded lines and spaces before the colon are refused."};
    const Field field{line.substr(0, colon), trimmed(line.substr(colon + 1))};
    if (!isFieldValue(field.value))
        return {400, "A header value has a control character."};
    fields.push_back(field);
    return parseKnownField(field);
}

Fault RequestHead::parseKnownField(const Field &field)
{
    switch (field.name.size()) { // the length rules out nearly every name without a comparison
    case 4:
        return isWord(field.name, "host") ? parseHost(field.value) : Fault();
    case 6:
        if (isWord(field.name, "expect") && minor == 1) {
            if (!isWord(field.value, "100-continue"))
                return {417, "The only expectation this server meets is 100-continue."};
            expectContinue = true;
        }
        return {};
    case 10:
        if (isWord(field.name, "connection"))
            parseConnection(field.value);
        return {};
    case 11:
        if (isWord(field.name, "traceparent"))
            traceparent = std::exchange(m_hasTrace, true) ? std::string_view() : field.value;
        return {};
    case 12:
        if (isWord(field.name, "x-request-id") && field.value.size() <= 128 && isAll(field.value, RequestIdText))
            requestId = field.value;
        return {};
    case 14:
        return isWord(field.name, "content-length") ? parseLength(field.value) : Fault();
    case 17:
        return isWord(field.name, "transfer-encoding") ? parseTransferEncoding(field.value) : Fault();
    default:
        return {};
    }
}

Fault RequestHead::parseHost(std::string_view value)
{
    if (m_hasHost)
        return {400, "The request has more than one Host field."};
    if (!isHostAndPort(value))
        return {400, "The Host field is not a host name with an optional port."};
    m_hasHost = true;
    if (host.empty()) // an absolute target wins (RFC 9112 section 3.2.2)
        host = value;
    return {};
}

/// Digits only, once: anything else is where request smuggling begins (RFC 9112 section 6.3).
Fault RequestHead::parseLength(std::string_view value)
{
    if (length >= 0)
        return {400, "The request has more than one Content-Length."};
    if (value.empty() || value.size() > 18 || !isAll(value, Digit))
        return {400, "Content-Length is not a decimal number."};
    length = 0;
    for (const char digit : value)
        length = length * 10 + (digit - '0');
    return {};
}

Fault RequestHead::parseTransferEncoding(std::string_view value)
{
    if (minor == 0)
        return {400, "HTTP/1.0 has no Transfer-Encoding."};
    if (chunked)
        return {400, "The request has more than one Transfer-Encoding."};
    if (!isWord(value, "chunked"))
        return {501, "The only transfer encoding this server reads is chunked."};
    chunked = true;
    return {};
}

void RequestHead::parseConnection(std::string_view value)
{
    bool close = false;
    while (!value.empty()) {
        const std::size_t comma = value.find(',');
        const std::string_view option = trimmed(value.substr(0, comma));
        if (isWord(option, "close"))
            close = true;
        else if (minor == 0 && isWord(option, "keep-alive"))
            keepAlive = true;
        value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
    }
    if (close)
        keepAlive = false;
}

Fault RequestHead::checkFraming() const
{
    if (minor == 1 && !m_hasHost)
        return {400, "The request has no Host field."};
    if (chunked && length >= 0)
        return {400, "The request has both Content-Length and Transfer-Encoding."};
    return {};
}

} // namespace quoin::http
