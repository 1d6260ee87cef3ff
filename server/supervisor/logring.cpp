// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/logring.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace quoin::supervisor {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr quint64 mostSequence = quint64(1) << 53; // what a JSON number can tell (RFC 8259 section 6)
constexpr qint64 mostPid = (qint64(1) << 30) - 1;

using Words = std::array<quint64, LogRing::longest / 8>;

/// FNV-1a over words: for a cell that two wrote to at once, not against anybody.
quint64 checksumOf(quint64 sequence, qint64 time, quint64 about, const Words &words, std::size_t count)
{
    quint64 sum = 0xcbf29ce484222325;
    const auto add = [&sum](quint64 word) { sum = (sum ^ word) * 0x100000001b3; };
    add(sequence);
    add(static_cast<quint64>(time));
    add(about);
    for (std::size_t i = 0; i < count; ++i)
        add(words[i]);
    return sum;
}

/// What a line is about, in one word: pid 30 bits, level 3, cut 1, category 10, text 10 (and 10 to spare).
struct About
{
    qint64 pid = 0;
    int level = 0;
    bool isCut = false;
    std::size_t category = 0;
    std::size_t text = 0;

    quint64 packed() const
    {
        return static_cast<quint64>(pid) | static_cast<quint64>(level) << 30 | quint64(isCut) << 33
            | quint64(category) << 34 | quint64(text) << 44;
    }
    static About unpacked(quint64 word)
    {
        return {static_cast<qint64>(word & mostPid), static_cast<int>(word >> 30 & 7), (word >> 33 & 1) != 0,
                word >> 34 & 1023, word >> 44 & 1023};
    }
    std::size_t size() const { return category + text; }
    std::size_t words() const { return (size() + 7) / 8; }
};

/// As much as fits, and no half of a character.
std::size_t fitting(QByteArrayView text, std::size_t room)
{
    auto size = std::min(static_cast<std::size_t>(text.size()), room);
    if (size == static_cast<std::size_t>(text.size()))
        return size;
    while (size > 0 && (static_cast<unsigned char>(text[static_cast<qsizetype>(size)]) & 0xc0) == 0x80)
        --size;
    return size;
}

} // namespace

void LogRing::append(Kind kind, qint64 time, qint64 pid, int level, QByteArrayView category, QByteArrayView text)
{
    About about;
    about.pid = std::clamp<qint64>(pid, 0, mostPid);
    about.level = std::clamp(level, 0, 7);
    about.category = fitting(category, 200);
    about.text = fitting(text, longest - about.category);
    about.isCut = about.text < static_cast<std::size_t>(text.size());
    Words words{};
    std::memcpy(words.data(), category.data(), about.category);
    std::memcpy(reinterpret_cast<char *>(words.data()) + about.category, text.data(), about.text);

    const bool isLine = kind == Kind::Line;
    const quint64 ticket = (isLine ? m_lineTickets : m_requestTickets).fetch_add(1, relaxed);
    Cell &cell = isLine ? m_lines[ticket % lines] : m_requests[ticket % requests];
    cell.mark.store(2 * ticket + 1, relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    const quint64 sequence = m_last.fetch_add(1, relaxed) + 1;
    cell.sequence.store(sequence, relaxed);
    cell.time.store(time, relaxed);
    cell.about.store(about.packed(), relaxed);
    for (std::size_t i = 0; i < about.words(); ++i)
        cell.content[i].store(words[i], relaxed);
    cell.checksum.store(checksumOf(sequence, time, about.packed(), words, about.words()), relaxed);
    cell.mark.store(2 * ticket + 2, std::memory_order_release);
}

bool LogRing::read(const Cell &cell, quint64 after, LogEntry &entry)
{
    const quint64 mark = cell.mark.load(std::memory_order_acquire);
    const quint64 sequence = cell.sequence.load(relaxed);
    if (mark == 0 || mark % 2 != 0 || sequence <= after || sequence > mostSequence)
        return false;
    const qint64 time = cell.time.load(relaxed);
    const quint64 word = cell.about.load(relaxed);
    const quint64 checksum = cell.checksum.load(relaxed);
    const About about = About::unpacked(word);
    if (about.size() > longest)
        return false;
    Words words{};
    for (std::size_t i = 0; i < about.words(); ++i)
        words[i] = cell.content[i].load(relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (cell.mark.load(relaxed) != mark || checksumOf(sequence, time, word, words, about.words()) != checksum)
        return false;
    const char *bytes = reinterpret_cast<const char *>(words.data());
    entry = {sequence,
             time,
             about.pid,
             about.level,
             about.isCut,
             QByteArray(bytes, static_cast<qsizetype>(about.category)),
             QByteArray(bytes + about.category, static_cast<qsizetype>(about.text))};
    return true;
}

QList<LogEntry> LogRing::after(quint64 sequence) const
{
    const quint64 newest = last(); // nobody can have a later number: a cell that says so is damaged
    QList<LogEntry> found;
    LogEntry entry;
    for (const Cell &cell : m_lines) {
        if (read(cell, sequence, entry) && entry.sequence <= newest)
            found.append(entry);
    }
    for (const Cell &cell : m_requests) {
        if (read(cell, sequence, entry) && entry.sequence <= newest)
            found.append(entry);
    }
    std::ranges::sort(found, {}, &LogEntry::sequence);
    return found;
}

} // namespace quoin::supervisor
