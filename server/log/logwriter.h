// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "log/logformat.h"
#include "log/requestline.h"

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace quoin::server {

/// Who else is given every line that is written. Lent to the writer.
class LogTap
{
public:
    /// On the thread that logs; must be quick and never log.
    virtual void take(const LogLine &line) = 0;
    /// A batch, on the writer's thread.
    virtual void take(const std::vector<const RequestLine *> &lines) = 0;

protected:
    ~LogTap() = default;
};

/// Lines on their way to a descriptor: taken by any thread without waiting for the descriptor, formatted and written in
/// batches by a thread of its own (docs/decisions/0061-log-writer-thread.md). When too much is waiting, lines are
/// dropped and counted, and the next batch says how many. Request lines are dropped first: an ordinary line has a
/// reserve that they cannot use.
class LogWriter
{
public:
    struct Options
    {
        int descriptor = 2; ///< Lent.
        LogFormat format = LogFormat::Text;
        qsizetype requestCapacity = 8192; ///< Request lines waiting at most.
        qsizetype lineCapacity = 2048;    ///< Ordinary lines waiting at most.
        std::chrono::milliseconds gather{
            10}; ///< How long a request line may wait for company; an ordinary line is written at once.
        std::chrono::milliseconds patience{2000}; ///< How long the end waits for what is still to be written.
    };

    explicit LogWriter(const Options &options);
    /// Writes what is waiting; gives up after Options::patience (a pipe that nobody reads must not hold up the end).
    ~LogWriter();
    LogWriter(const LogWriter &) = delete;
    LogWriter &operator=(const LogWriter &) = delete;

    // Any thread; never waits for the descriptor.
    void add(LogLine line);
    void add(RequestLine line);

    /// From now on; null: nobody. When this returns, the one before is not in use any more.
    void setTap(LogTap *tap);

    /// Returns when all that was added before has been written, or false after the timeout.
    bool flush(std::chrono::milliseconds timeout);

private:
    class State; // shared with the thread, so that a writer stuck in write(2) can be left behind
    std::shared_ptr<State> m_state;
    std::chrono::milliseconds m_patience;
    std::thread m_thread;
};

} // namespace quoin::server
