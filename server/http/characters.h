// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace quoin::http {

/// The character classes of RFC 9110 section 5.6 and RFC 3986, as one table look-up.
enum CharacterClass : std::uint8_t {
    Token = 1,      ///< tchar
    FieldText = 2,  ///< HTAB, SP, VCHAR, obs-text
    TargetText = 4, ///< VCHAR
    HostText = 8,   ///< unreserved, sub-delims, '%', ':', '[', ']': no userinfo, no path
    Digit = 16,
    RequestIdText = 32, ///< what an X-Request-Id may hold and still be safe in every log
    HexDigit = 64,
};

namespace detail {

constexpr bool isOneOf(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

constexpr std::uint8_t classesOf(unsigned char byte)
{
    const char c = static_cast<char>(byte);
    const bool digit = c >= '0' && c <= '9';
    const bool alnum = digit || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    unsigned classes = 0;
    const auto add = [&classes](bool belongs, CharacterClass to) { classes |= belongs ? unsigned(to) : 0U; };
    add(alnum || isOneOf(c, "!#$%&'*+-.^_`|~"), Token);
    add(byte == '\t' || (byte >= ' ' && byte != 0x7f), FieldText);
    add(byte > ' ' && byte < 0x7f, TargetText);
    add(alnum || isOneOf(c, "-._~%!$&'()*+,;=:[]"), HostText);
    add(digit, Digit);
    add(alnum || isOneOf(c, "._-"), RequestIdText);
    add(hex, HexDigit);
    return static_cast<std::uint8_t>(classes);
}

constexpr auto makeCharacterTable()
{
    std::array<std::uint8_t, 256> table{};
    for (unsigned i = 0; i < table.size(); ++i)
        table[i] = classesOf(static_cast<unsigned char>(i));
    return table;
}

inline constexpr auto characterTable = makeCharacterTable();

} // namespace detail

constexpr bool is(char c, CharacterClass wanted)
{
    return (detail::characterTable[static_cast<unsigned char>(c)] & wanted) != 0;
}

constexpr bool isAll(std::string_view text, CharacterClass wanted)
{
    return std::ranges::all_of(text, [wanted](char c) { return is(c, wanted); });
}

constexpr char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// Whether text is the lower-case word, ignoring the case of ASCII letters.
constexpr bool isWord(std::string_view text, std::string_view lowerCaseWord)
{
    return std::ranges::equal(text, lowerCaseWord, {}, lowered);
}

/// Without the optional white space around it (RFC 9110 section 5.6.3).
constexpr std::string_view trimmed(std::string_view text)
{
    const auto isSpace = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isSpace(text.back()))
        text.remove_suffix(1);
    return text;
}

} // namespace quoin::http
