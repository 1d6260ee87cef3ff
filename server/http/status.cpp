// SPDX-License-Identifier: GPL-3.0-only
#include "http/status.h"

#include "http/characters.h"

#include <quoin/json.h>

#include <algorithm>
#include <array>

namespace quoin::http {

namespace {

struct Reason
{
    int status;
    std::string_view phrase;
};

constexpr std::array reasons = std::to_array<Reason>({
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {424, "Failed Dependency"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
    {511, "Network Authentication Required"},
});

std::string_view classPhrase(int status)
{
    switch (status / 100) {
    case 1:
        return "Informational";
    case 2:
        return "Successful";
    case 3:
        return "Redirection";
    case 4:
        return "Client Error";
    default:
        return "Server Error";
    }
}

QByteArray slug(std::string_view phrase)
{
    QByteArray text(phrase.data(), static_cast<qsizetype>(phrase.size()));
    return text.toLower().replace(' ', '-');
}

} // namespace

std::string_view reasonPhrase(int status)
{
    if (status == 200) // by far the most frequent
        return "OK";
    const auto found = std::ranges::lower_bound(reasons, status, {}, &Reason::status);
    return found != reasons.end() && found->status == status ? found->phrase : classPhrase(status);
}

int statusOf(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Invalid:
        return 400;
    case ErrorKind::NotFound:
        return 404;
    case ErrorKind::Conflict:
        return 409;
    case ErrorKind::Unavailable:
        return 503;
    case ErrorKind::Internal:
        return 500;
    }
    return 500;
}

QByteArray problemBody(int status, const QString &detail, QByteArrayView requestId)
{
    const std::string_view phrase = reasonPhrase(status);
    QByteArray body;
    body.reserve(256);
    body.append(R"({"type":"urn:quoin:problem:)").append(slug(phrase));
    body.append(R"(","title":")").append(phrase.data(), static_cast<qsizetype>(phrase.size()));
    body.append(R"(","status":)").append(QByteArray::number(status));
    if (!detail.isEmpty())
        body.append(R"(,"detail":)").append(jsonString(detail));
    body.append(R"(,"request_id":")").append(requestId).append("\"}\n"); // ids hold no character that needs escaping
    return body;
}

} // namespace quoin::http
