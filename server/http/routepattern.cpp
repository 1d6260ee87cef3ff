// SPDX-License-Identifier: GPL-3.0-only
#include "http/routepattern.h"

#include "http/characters.h"
#include "http/route.h"

#include <QSet>
#include <QUrl>

#include <algorithm>
#include <charconv>

using namespace Qt::StringLiterals;

namespace quoin::http {

namespace {

/// The characters of a path segment that need no escape (RFC 3986 section 3.3, pchar), and the escapes a pattern
/// already has.
std::string encodedSegment(const QString &segment)
{
    return QUrl::toPercentEncoding(segment, "!$&'()*+,;=:@%").toStdString();
}

QString nameOf(const RouteEntry &entry)
{
    return u"%1 %2 of \"%3\""_s.arg(QString::fromLatin1(entry.method), entry.pattern, entry.owner);
}

Error refusal(const RouteEntry &entry, const QString &reason)
{
    return Error::invalid(u"Route %1: %2"_s.arg(nameOf(entry), reason));
}

Result<> checkHead(const RouteEntry &entry)
{
    const std::string_view method(entry.method.constData(), static_cast<std::size_t>(entry.method.size()));
    if (method.empty() || !isAll(method, Token) || method == "CONNECT")
        return refusal(entry, u"the method is not one a route can have."_s);
    if (!entry.pattern.startsWith(u'/'))
        return refusal(entry, u"the pattern must begin with \"/\"."_s);
    if (entry.pattern.contains(u'?') || entry.pattern.contains(u'#'))
        return refusal(entry, u"a pattern is a path without query or fragment."_s);
    if (!entry.handler)
        return refusal(entry, u"it has no handler."_s);
    for (const QByteArray &type : entry.captureTypes) {
        if (type != "integer" && type != "string")
            return refusal(entry,
                           u"capture type \"%1\" is neither integer nor string."_s.arg(QString::fromLatin1(type)));
    }
    return {};
}

} // namespace

bool RoutePattern::isLiteral() const { return std::ranges::none_of(segments, &Segment::isCapture); }

std::string RoutePattern::path() const
{
    std::string path;
    for (const Segment &segment : segments)
        path.append("/").append(segment.literal);
    return path;
}

Result<RoutePattern> RoutePattern::parse(const RouteEntry &entry)
{
    if (const Result<> checked = checkHead(entry); !checked)
        return checked.error();

    RoutePattern pattern;
    QSet<QString> names;
    for (const QString &part : entry.pattern.sliced(1).split(u'/')) {
        const bool isCapture = part.startsWith(u'{') && part.endsWith(u'}');
        const QString name = isCapture ? part.sliced(1, part.size() - 2) : part;
        if (name.contains(u'{') || name.contains(u'}') || (isCapture && name.isEmpty()))
            return refusal(entry, u"a capture is one whole segment, \"{name}\"; \"%1\" is not."_s.arg(part));
        if (isCapture && names.contains(name))
            return refusal(entry, u"two captures are named \"%1\"."_s.arg(name));
        if (isCapture)
            names.insert(name);
        pattern.segments.push_back({isCapture ? std::string() : encodedSegment(part), isCapture});
    }
    if (names.size() != entry.captureTypes.size())
        return refusal(entry,
                       u"the pattern has %1 captures and the handler takes %2."_s.arg(names.size())
                           .arg(entry.captureTypes.size()));
    return pattern;
}

bool isDecodable(std::string_view segment)
{
    for (std::size_t i = segment.find('%'); i != std::string_view::npos; i = segment.find('%', i + 3)) {
        const std::string_view escape = segment.substr(i + 1, 2);
        if (escape.size() < 2 || !isAll(escape, HexDigit) || escape == "00")
            return false;
    }
    return true;
}

QByteArray percentDecoded(std::string_view segment)
{
    const QByteArray bytes(segment.data(), static_cast<qsizetype>(segment.size()));
    return segment.find('%') == std::string_view::npos ? bytes : QByteArray::fromPercentEncoding(bytes);
}

bool isCanonicalInteger(std::string_view text)
{
    const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
    if (digits.empty() || !is(digits.front(), Digit) || (digits.front() == '0' && text != "0"))
        return false;
    qint64 value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

} // namespace quoin::http
