// SPDX-License-Identifier: GPL-3.0-only
#include "http/chunkdecoder.h"

#include "http/characters.h"
#include "http/limits.h"

namespace quoin::http {

namespace {

int hexValue(char c)
{
    if (is(c, Digit))
        return c - '0';
    return is(c, HexDigit) ? lowered(c) - 'a' + 10 : -1;
}

} // namespace

std::size_t ChunkDecoder::feed(std::string_view bytes, QByteArray &body, qint64 bodyLimit, const Limits &limits)
{
    std::size_t used = 0;
    while (used < bytes.size() && !isDone() && !m_fault) {
        if (m_state == State::Data)
            used += takeData(bytes.substr(used), body);
        else
            take(bytes[used++], body.size(), bodyLimit, limits);
    }
    return used;
}

std::size_t ChunkDecoder::takeData(std::string_view bytes, QByteArray &body)
{
    const auto size = std::min(static_cast<qint64>(bytes.size()), m_left);
    body.append(bytes.data(), static_cast<qsizetype>(size));
    m_left -= size;
    if (m_left == 0)
        m_state = State::DataReturn;
    return static_cast<std::size_t>(size);
}

void ChunkDecoder::take(char c, qint64 bodySize, qint64 bodyLimit, const Limits &limits)
{
    switch (m_state) {
    case State::FirstDigit:
    case State::Digits:
        return takeSize(c, bodySize, bodyLimit);
    case State::Extension:
        if (++m_extension > limits.chunkExtension || (c != '\r' && !is(c, FieldText)))
            m_fault = {400, "A chunk extension is too long or has a control character."};
        else if (c == '\r')
            m_state = State::SizeFeed;
        return;
    case State::SizeFeed:
        return expect(c, '\n', m_left > 0 ? State::Data : State::TrailerStart);
    case State::DataReturn:
        return expect(c, '\r', State::DataFeed);
    case State::DataFeed:
        m_digits = 0;
        m_extension = 0;
        return expect(c, '\n', State::FirstDigit);
    case State::TrailerFeed:
        return expect(c, '\n', State::TrailerStart);
    case State::LastFeed:
        return expect(c, '\n', State::Done);
    default:
        return takeTrailer(c, limits);
    }
}

void ChunkDecoder::takeSize(char c, qint64 bodySize, qint64 bodyLimit)
{
    const int value = hexValue(c);
    if (value >= 0 && m_digits < 15) { // 60 bits: cannot overflow
        ++m_digits;
        m_left = m_left * 16 + value;
        m_state = State::Digits;
        return;
    }
    if (value >= 0 || m_state == State::FirstDigit || (c != '\r' && c != ';')) {
        m_fault = {400, "A chunk size is not a hexadecimal number of at most 15 digits."};
        return;
    }
    if (m_left > bodyLimit - bodySize) {
        m_fault = {413, "The body is larger than this resource accepts."};
        return;
    }
    m_state = c == ';' ? State::Extension : State::SizeFeed;
}

void ChunkDecoder::takeTrailer(char c, const Limits &limits)
{
    if (m_state == State::TrailerStart && c == '\r') {
        m_state = State::LastFeed;
        return;
    }
    if (++m_trailers > limits.trailers) {
        m_fault = {431, "The trailers are longer than this server accepts."};
        return;
    }
    if (m_state == State::TrailerValue) {
        if (c == '\r')
            m_state = State::TrailerFeed;
        else if (!is(c, FieldText))
            m_fault = {400, "A trailer has a control character."};
        return;
    }
    if (m_state == State::TrailerName && c == ':')
        m_state = State::TrailerValue;
    else if (is(c, Token))
        m_state = State::TrailerName;
    else
        m_fault = {400, "A trailer line is not \"Name: value\"."};
}

void ChunkDecoder::expect(char c, char wanted, State next)
{
    if (c == wanted)
        m_state = next;
    else
        m_fault = {400, "A chunk is not followed by CR LF where it must be."};
}

} // namespace quoin::http
