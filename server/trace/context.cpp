// SPDX-License-Identifier: GPL-3.0-only
#include "trace/context.h"

#include <QRandomGenerator>

#include <algorithm>
#include <array>
#include <bit>

namespace quoin::trace {

namespace {

constexpr std::size_t parentSize = 55; // of version 00, and the least of any
constexpr std::size_t traceAt = 3, spanAt = 36, flagsAt = 53;

/// xoshiro256++ 1.0 (https://prng.di.unimi.it): ids must not meet, which takes a good seed; they need not be secret.
class Generator
{
public:
    quint64 next()
    {
        if (!m_isSeeded) {
            QRandomGenerator::system()->fillRange(m_state.data(), qsizetype(m_state.size())); // all bits of them
            m_isSeeded = true;
        }
        const quint64 result = std::rotl(m_state[0] + m_state[3], 23) + m_state[0];
        const quint64 shifted = m_state[1] << 17;
        m_state[2] ^= m_state[0];
        m_state[3] ^= m_state[1];
        m_state[1] ^= m_state[2];
        m_state[0] ^= m_state[3];
        m_state[2] ^= shifted;
        m_state[3] = std::rotl(m_state[3], 45);
        return result;
    }

private:
    std::array<quint64, 4> m_state{};
    bool m_isSeeded = false;
};

constinit thread_local Generator t_generator;

quint64 randomId()
{
    quint64 id = 0;
    while (id == 0)
        id = t_generator.next();
    return id;
}

/// Of lower-case hexadecimal digits; nothing of others.
std::optional<quint64> number(std::string_view digits)
{
    quint64 value = 0;
    for (const char digit : digits) {
        const bool isDecimal = digit >= '0' && digit <= '9';
        if (!isDecimal && (digit < 'a' || digit > 'f'))
            return std::nullopt;
        value = value << 4 | static_cast<quint64>(isDecimal ? digit - '0' : digit - 'a' + 10);
    }
    return value;
}

char *writeHex(char *out, quint64 value, int digits)
{
    for (int i = digits - 1; i >= 0; --i) {
        out[i] = "0123456789abcdef"[value & 15];
        value >>= 4;
    }
    return out + digits;
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view space = " \t,";
    const std::size_t first = text.find_first_not_of(space);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

/// Entries are taken away at the end, where the oldest are.
QByteArray keptState(std::string_view state)
{
    state = trimmed(state);
    if (state.size() > largestState)
        state = trimmed(state.substr(0, std::min(state.rfind(',', largestState), state.size())));
    const bool isPlain = std::ranges::all_of(state, [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; });
    if (!isPlain || state.empty() || state.size() > largestState)
        return {};
    return {state.data(), static_cast<qsizetype>(state.size())};
}

} // namespace

std::optional<Context> parse(std::string_view text, std::string_view state)
{
    if (text.size() < parentSize || text[2] != '-' || text[spanAt - 1] != '-' || text[flagsAt - 1] != '-')
        return std::nullopt;
    const auto version = number(text.substr(0, 2));
    if (!version || *version == 0xff || (text.size() > parentSize && (*version == 0 || text[parentSize] != '-')))
        return std::nullopt;
    const auto high = number(text.substr(traceAt, 16));
    const auto low = number(text.substr(traceAt + 16, 16));
    const auto span = number(text.substr(spanAt, 16));
    const auto flags = number(text.substr(flagsAt, 2));
    if (!high || !low || !span || !flags || (*high | *low) == 0 || *span == 0)
        return std::nullopt;
    Context context;
    context.high = *high;
    context.low = *low;
    context.span = *span;
    context.isSampled = (*flags & 1) != 0;
    if (!state.empty())
        context.state = keptState(state);
    return context;
}

Context begin()
{
    Context context;
    context.high = randomId();
    context.low = randomId();
    context.span = randomId();
    context.isSampled = true;
    return context;
}

Context child(const Context &parent)
{
    Context context;
    context.high = parent.high;
    context.low = parent.low;
    context.span = randomId();
    context.isSampled = parent.isSampled;
    context.state = parent.state;
    return context;
}

QByteArray traceId(quint64 high, quint64 low)
{
    QByteArray text(32, Qt::Uninitialized);
    writeHex(writeHex(text.data(), high, 16), low, 16);
    return text;
}

QByteArray spanId(quint64 span)
{
    QByteArray text(16, Qt::Uninitialized);
    writeHex(text.data(), span, 16);
    return text;
}

QByteArray traceparent(const Context &context)
{
    QByteArray text(static_cast<qsizetype>(parentSize), Qt::Uninitialized);
    char *out = text.data();
    *writeHex(out, 0, 2) = '-';
    *writeHex(writeHex(out + traceAt, context.high, 16), context.low, 16) = '-';
    *writeHex(out + spanAt, context.span, 16) = '-';
    writeHex(out + flagsAt, context.isSampled ? 1 : 0, 2);
    return text;
}

QByteArray toText(const Context &context)
{
    if (!context.isValid())
        return {};
    QByteArray text = traceparent(context);
    if (!context.state.isEmpty())
        text.append(' ').append(context.state);
    return text;
}

std::optional<Context> fromText(QByteArrayView text)
{
    const std::string_view all(text.data(), static_cast<std::size_t>(text.size()));
    const std::size_t space = std::min(all.find(' '), all.size());
    return parse(all.substr(0, space), all.substr(space));
}

} // namespace quoin::trace
