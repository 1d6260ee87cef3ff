// SPDX-License-Identifier: GPL-3.0-only
#include "http/proxyheader.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h>

using namespace std::string_view_literals;

namespace quoin::http {

namespace {

using enum ProxyHeader::Outcome;

constexpr auto lineStart = "PROXY "sv;
constexpr auto signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t fixedPart = 16;

ProxyHeader malformed(const char *why) { return {Malformed, 0, {}, why}; }
ProxyHeader whole(std::size_t size, QByteArray client = {}) { return {Whole, size, std::move(client), ""}; }

bool mayBecome(std::string_view bytes, std::string_view start)
{
    const std::size_t common = std::min(bytes.size(), start.size());
    return bytes.substr(0, common) == start.substr(0, common);
}

// ---- Version 1 ----------------------------------------------------------------------------------------------------

/// Whether it is an address of this family in the one way to write it; inet_pton(3) takes no leading zeros.
bool isAddress(int family, std::string_view text)
{
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos)
        return false;
    std::copy(text.begin(), text.end(), terminated.begin());
    in6_addr binary;
    return ::inet_pton(family, terminated.data(), &binary) == 1;
}

bool isPort(std::string_view text)
{
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool isWhole = error == std::errc() && end == text.data() + text.size();
    return isWhole && port <= 65535 && (text.size() == 1 || text.front() != '0');
}

/// What stands before the next space, which is taken too. The last field has none.
std::string_view takeField(std::string_view &rest)
{
    const std::size_t space = rest.find(' ');
    const std::string_view field = rest.substr(0, space);
    rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
    return field;
}

/// line: without CR LF.
ProxyHeader readAddresses(std::string_view line)
{
    std::string_view rest = line.substr(lineStart.size());
    if (rest == "UNKNOWN"sv || rest.starts_with("UNKNOWN "sv)) // whatever follows is to be ignored
        return whole(line.size() + 2);
    const auto kind = takeField(rest);
    if (kind != "TCP4"sv && kind != "TCP6"sv)
        return malformed("the PROXY line names no protocol that it may name");
    const int family = kind == "TCP4"sv ? AF_INET : AF_INET6;
    if (line.ends_with(' ') || std::count(rest.begin(), rest.end(), ' ') != 3)
        return malformed("the PROXY line has not the fields that it must have");
    const auto source = takeField(rest);
    const auto target = takeField(rest);
    const auto sourcePort = takeField(rest);
    if (!isAddress(family, source) || !isAddress(family, target))
        return malformed("the PROXY line has an address that is none");
    if (!isPort(sourcePort) || !isPort(rest))
        return malformed("the PROXY line has a port that is none");
    return whole(line.size() + 2, QByteArray(source.data(), static_cast<qsizetype>(source.size())));
}

ProxyHeader readLine(std::string_view bytes)
{
    const auto start = bytes.substr(0, ProxyHeader::longestLine);
    const std::size_t end = start.find_first_of("\r\n"sv);
    if (end == std::string_view::npos)
        return start.size() < ProxyHeader::longestLine ? ProxyHeader() : malformed("the PROXY line is too long");
    if (start[end] == '\n' || (end + 1 < bytes.size() && bytes[end + 1] != '\n'))
        return malformed("the PROXY line does not end in CR LF");
    if (end + 1 == ProxyHeader::longestLine)
        return malformed("the PROXY line is too long");
    if (end + 1 == bytes.size())
        return {};
    return readAddresses(bytes.substr(0, end));
}

// ---- Version 2 ----------------------------------------------------------------------------------------------------

quint8 byteAt(std::string_view bytes, std::size_t place) { return static_cast<quint8>(bytes[place]); }

/// Source, target and two ports; 0: a family without an address that could be told.
std::size_t addressesOf(unsigned family)
{
    switch (family) {
    case 1:
        return 2 * 4 + 4;
    case 2:
        return 2 * 16 + 4;
    case 3:
        return 2 * 108;
    default:
        return 0;
    }
}

QByteArray textOf(int family, const char *address)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(family, address, text.data(), text.size());
    return text.data();
}

/// bytes: the header as a whole.
ProxyHeader readBlock(std::string_view bytes)
{
    ProxyHeader header = whole(bytes.size());
    const unsigned command = byteAt(bytes, 12) & 0xF;
    if (command == 0) // LOCAL: its family means nothing
        return header;
    if (command != 1)
        return malformed("the PROXY header has an unknown command");
    const unsigned family = byteAt(bytes, 13) >> 4;
    const unsigned transport = byteAt(bytes, 13) & 0xF;
    if (family > 3 || transport > 2)
        return malformed("the PROXY header has an unknown address family or transport");
    if (bytes.size() - fixedPart < addressesOf(family))
        return malformed("the PROXY header is too short for its addresses");
    if (transport == 1 && family == 1)
        header.client = textOf(AF_INET, bytes.data() + fixedPart);
    else if (transport == 1 && family == 2)
        header.client = textOf(AF_INET6, bytes.data() + fixedPart);
    return header;
}

ProxyHeader readBinary(std::string_view bytes)
{
    if (bytes.size() > signature.size() && byteAt(bytes, 12) >> 4 != 2)
        return malformed("the PROXY header has an unknown version");
    if (bytes.size() < fixedPart)
        return {};
    const std::size_t size = fixedPart + byteAt(bytes, 14) * 256U + byteAt(bytes, 15);
    if (size > ProxyHeader::longestBinary)
        return malformed("the PROXY header is too long");
    return bytes.size() < size ? ProxyHeader() : readBlock(bytes.substr(0, size));
}

} // namespace

ProxyHeader ProxyHeader::read(std::string_view bytes)
{
    if (mayBecome(bytes, signature))
        return bytes.size() < signature.size() ? ProxyHeader() : readBinary(bytes);
    if (mayBecome(bytes, lineStart))
        return bytes.size() < lineStart.size() ? ProxyHeader() : readLine(bytes);
    return malformed("it does not begin with a PROXY header");
}

} // namespace quoin::http
