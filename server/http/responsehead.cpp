// SPDX-License-Identifier: GPL-3.0-only
#include "http/responsehead.h"

#include "http/characters.h"
#include "http/requesthead.h"
#include "http/status.h"

#include <charconv>

namespace quoin::http {

namespace {

std::string_view view(const QByteArray &bytes) { return {bytes.constData(), static_cast<std::size_t>(bytes.size())}; }

void appendNumber(std::string &out, qint64 number)
{
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

bool isHosts(std::string_view name)
{
    switch (name.size()) {
    case 4:
        return isWord(name, "date");
    case 7:
        return isWord(name, "trailer") || isWord(name, "upgrade");
    case 10:
        return isWord(name, "connection") || isWord(name, "keep-alive");
    case 12:
        return isWord(name, "x-request-id");
    case 14:
        return isWord(name, "content-length");
    case 17:
        return isWord(name, "transfer-encoding");
    default:
        return false;
    }
}

bool appendFields(std::string &out, const HeaderList &headers)
{
    for (const Header &header : headers) {
        const std::string_view name = view(header.first);
        const std::string_view value = view(header.second);
        if (isHosts(name))
            continue;
        if (!isFieldName(name) || !isFieldValue(value))
            return false;
        out.append(name).append(": ").append(value).append("\r\n");
    }
    return true;
}

void appendFraming(std::string &out, const ResponseFacts &facts)
{
    if (facts.framing == Framing::Length) {
        out.append("Content-Length: ");
        appendNumber(out, facts.length);
        out.append("\r\n");
    } else if (facts.framing == Framing::Chunked) {
        out.append("Transfer-Encoding: chunked\r\n");
    }
    if (!facts.keepAlive)
        out.append("Connection: close\r\n");
    else if (facts.minor == 0)
        out.append("Connection: keep-alive\r\n");
}

} // namespace

bool appendResponseHead(std::string &out, const ResponseFacts &facts, const HeaderList &headers)
{
    const std::size_t start = out.size();
    if (facts.status == 200) {
        out.append("HTTP/1.1 200 OK\r\n");
    } else {
        out.append("HTTP/1.1 ");
        appendNumber(out, facts.status);
        out.append(" ").append(reasonPhrase(facts.status)).append("\r\n");
    }
    if (!appendFields(out, headers)) {
        out.resize(start);
        return false;
    }
    appendFraming(out, facts);
    out.append(facts.date)
        .append(facts.serverTiming)
        .append("X-Request-Id: ")
        .append(facts.requestId)
        .append("\r\n\r\n");
    return true;
}

} // namespace quoin::http
