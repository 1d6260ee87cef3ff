// SPDX-License-Identifier: GPL-3.0-only
#include "log/logwriter.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <variant>
#include <vector>

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

using Entry = std::variant<LogLine, RequestLine>;

void appendEntry(QByteArray &out, const Entry &entry, LogFormat format)
{
    if (const auto *line = std::get_if<LogLine>(&entry))
        appendLine(out, *line, format);
    else
        appendRequest(out, std::get<RequestLine>(entry), format);
}

/// All of it, whatever it takes; what cannot be written (a closed pipe) is lost, for there is nobody to tell.
void writeAll(int descriptor, const QByteArray &bytes)
{
    qsizetype written = 0;
    while (written < bytes.size()) {
        const ssize_t count = ::write(descriptor, bytes.constData() + written,
                                      static_cast<size_t>(bytes.size() - written));
        if (count > 0) {
            written += count;
        } else if (count < 0 && errno == EAGAIN) {
            // Somebody who shares the descriptor has made it non-blocking.
            pollfd waiting{.fd = descriptor, .events = POLLOUT, .revents = 0};
            ::poll(&waiting, 1, -1);
        } else if (count == 0 || errno != EINTR) {
            return;
        }
    }
}

} // namespace

class LogWriter::State
{
public:
    explicit State(const Options &options)
        : m_options(options)
    {
    }

    template <class Line>
    void add(Line &&line, qsizetype &waiting, qsizetype capacity, bool isUrgent)
    {
        bool shouldWake = false;
        {
            const std::lock_guard lock(m_mutex);
            if (waiting >= capacity) {
                ++m_dropped;
                return;
            }
            ++waiting;
            ++m_added;
            m_entries.emplace_back(std::forward<Line>(line));
            shouldWake = m_isIdle || (isUrgent && !m_isUrgent);
            m_isUrgent = m_isUrgent || isUrgent;
        }
        if (shouldWake)
            m_wake.notify_one();
    }

    void setTap(LogTap *tap)
    {
        const std::lock_guard lock(m_tapMutex); // nobody is in the one before when this returns
        m_tap = tap;
    }

    void addLine(LogLine &&line)
    {
        {
            const std::lock_guard lock(m_tapMutex);
            if (m_tap)
                m_tap->take(line);
        }
        add(std::move(line), m_waitingLines, m_options.lineCapacity, true);
    }
    void addRequest(RequestLine &&line) { add(std::move(line), m_waitingRequests, m_options.requestCapacity, false); }

    bool flush(std::chrono::milliseconds timeout)
    {
        std::unique_lock lock(m_mutex);
        const quint64 target = m_added;
        m_isUrgent = true;
        m_wake.notify_one();
        return m_done.wait_for(lock, timeout, [&] { return m_written >= target; });
    }

    void stop()
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
        m_wake.notify_one();
    }

    bool waitForEnd(std::chrono::milliseconds timeout)
    {
        std::unique_lock lock(m_mutex);
        return m_done.wait_for(lock, timeout, [this] { return m_hasEnded; });
    }

    void run()
    {
        // Signals are for the main thread (see signals.h); this thread may be older than their mask.
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, nullptr);

        std::vector<Entry> batch;
        quint64 dropped = 0;
        while (takeBatch(batch, dropped)) {
            tapRequests(batch); // first, for to write may take as long as somebody else likes
            QByteArray bytes;
            for (const Entry &entry : batch)
                appendEntry(bytes, entry, m_options.format);
            if (dropped > 0)
                appendLine(bytes, droppedLine(dropped), m_options.format);
            writeAll(m_options.descriptor, bytes);
            finishBatch(batch.size());
            batch.clear();
        }
    }

private:
    void tapRequests(const std::vector<Entry> &batch)
    {
        const std::lock_guard lock(m_tapMutex);
        if (!m_tap)
            return;
        std::vector<const RequestLine *> lines;
        for (const Entry &entry : batch) {
            if (const auto *line = std::get_if<RequestLine>(&entry))
                lines.push_back(line);
        }
        if (!lines.empty())
            m_tap->take(lines);
    }

    static LogLine droppedLine(quint64 dropped)
    {
        return {std::chrono::system_clock::now(), QtWarningMsg, "quoin.log",
                u"lines dropped count=%1 reason=\"whoever reads the log is too slow\""_s.arg(dropped)};
    }

    /// Waits for lines; false at the end, when none are left.
    bool takeBatch(std::vector<Entry> &batch, quint64 &dropped)
    {
        std::unique_lock lock(m_mutex);
        m_isIdle = true;
        m_wake.wait(lock, [this] { return !m_entries.empty() || m_isStopping; });
        m_isIdle = false;
        // Only requests: let more of them come, and write them together.
        m_wake.wait_for(lock, m_options.gather, [this] { return m_isUrgent || m_isStopping; });
        if (m_entries.empty()) {
            m_hasEnded = true;
            m_done.notify_all();
            return false;
        }
        batch.swap(m_entries);
        m_waitingLines = 0;
        m_waitingRequests = 0;
        m_isUrgent = false;
        dropped = std::exchange(m_dropped, 0);
        return true;
    }

    void finishBatch(std::size_t count)
    {
        const std::lock_guard lock(m_mutex);
        m_written += count;
        m_done.notify_all();
    }

    const Options m_options;
    std::mutex m_tapMutex;
    LogTap *m_tap = nullptr; ///< Guarded by m_tapMutex.
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::condition_variable m_done;
    std::vector<Entry> m_entries;
    qsizetype m_waitingLines = 0;
    qsizetype m_waitingRequests = 0;
    quint64 m_added = 0;
    quint64 m_written = 0;
    quint64 m_dropped = 0;
    bool m_isIdle = false;
    bool m_isUrgent = false;
    bool m_isStopping = false;
    bool m_hasEnded = false;
};

LogWriter::LogWriter(const Options &options)
    : m_state(std::make_shared<State>(options))
    , m_patience(options.patience)
    , m_thread([state = m_state] { state->run(); })
{
}

LogWriter::~LogWriter()
{
    m_state->stop();
    const bool hasEnded = m_state->waitForEnd(m_patience);
    m_state->setTap(nullptr); // a thread that is left behind must not use what is going
    if (hasEnded)
        m_thread.join();
    else
        m_thread.detach();
}

void LogWriter::add(LogLine line) { m_state->addLine(std::move(line)); }

void LogWriter::add(RequestLine line) { m_state->addRequest(std::move(line)); }

void LogWriter::setTap(LogTap *tap) { m_state->setTap(tap); }

bool LogWriter::flush(std::chrono::milliseconds timeout) { return m_state->flush(timeout); }

} // namespace quoin::server
