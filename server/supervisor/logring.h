// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QtGlobal>

#include <atomic>

namespace quoin::supervisor {

/// One line of the log, as it was put into the ring. A value.
struct LogEntry
{
    quint64 sequence = 0; ///< From 1, over all processes of the host.
    qint64 time = 0;      ///< Microseconds since 1970 UTC.
    qint64 pid = 0;
    int level = 0; ///< QtMsgType
    bool isCut = false;
    QByteArray category; ///< UTF-8, as is the text; not checked.
    QByteArray text;
};

/// The latest lines of all processes of a host, in memory that all of them write to: fixed cells, no locks, nobody
/// waits for anybody. Who writes takes the next cell and marks it while it does; a cell whose writer died in it is
/// simply written again on the next round. A reader believes nothing: it takes a cell whose mark is the same before and
/// after and whose checksum fits, and bounds every length.
///
/// Lines about requests have cells of their own, so that no rush of requests drives out what else was said.
class LogRing
{
public:
    static constexpr int lines = 2048;
    static constexpr int requests = 1024;
    static constexpr int longest = 960; ///< Bytes of category and text; what is longer is cut.

    enum class Kind { Line, Request };

    /// A line that is not worth a cell still has its number, so that readers know that they missed something.
    void pass(quint64 count) { m_last.fetch_add(count, std::memory_order_relaxed); }
    void append(Kind kind, qint64 time, qint64 pid, int level, QByteArrayView category, QByteArrayView text);

    /// What is there of what came after that number, in order.
    QList<LogEntry> after(quint64 sequence) const;
    /// The number given last.
    quint64 last() const { return m_last.load(std::memory_order_acquire); }

private:
    struct alignas(64) Cell
    {
        static constexpr int words = longest / 8;

        std::atomic<quint64> mark; ///< 0: never used; odd: being written.
        std::atomic<quint64> sequence;
        std::atomic<qint64> time;
        std::atomic<quint64> about; ///< pid, level, isCut, and how many bytes are category and text
        std::atomic<quint64> checksum;
        std::atomic<quint64> content[words];
    };

    static bool read(const Cell &cell, quint64 after, LogEntry &entry);

    std::atomic<quint64> m_last;
    std::atomic<quint64> m_lineTickets;
    std::atomic<quint64> m_requestTickets;
    Cell m_lines[lines];
    Cell m_requests[requests];
};

} // namespace quoin::supervisor
