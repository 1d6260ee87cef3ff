// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/fault.h"

#include <QByteArray>

#include <string_view>

namespace quoin::http {

struct Limits;

/// Decodes a chunked body (RFC 9112 section 7.1) that arrives in any portions. Trailers are validated and dropped.
class ChunkDecoder
{
public:
    /// Appends what it decodes to body and returns how many bytes it used. A body that grows past bodyLimit is a 413
    /// before the chunk's data is read. After a fault or the end it uses nothing.
    std::size_t feed(std::string_view bytes, QByteArray &body, qint64 bodyLimit, const Limits &limits);

    bool isDone() const { return m_state == State::Done; }
    Fault fault() const { return m_fault; }

private:
    enum class State : quint8 {
        FirstDigit,
        Digits,
        Extension,
        SizeFeed,
        Data,
        DataReturn,
        DataFeed,
        TrailerStart,
        TrailerName,
        TrailerValue,
        TrailerFeed,
        LastFeed,
        Done,
    };

    std::size_t takeData(std::string_view bytes, QByteArray &body);
    void take(char c, qint64 bodySize, qint64 bodyLimit, const Limits &limits);
    void takeSize(char c, qint64 bodySize, qint64 bodyLimit);
    void takeTrailer(char c, const Limits &limits);
    void expect(char c, char wanted, State next);

    State m_state = State::FirstDigit;
    int m_digits = 0;
    qint64 m_left = 0; ///< Of the chunk at hand.
    qsizetype m_extension = 0;
    qsizetype m_trailers = 0;
    Fault m_fault;
};

} // namespace quoin::http
