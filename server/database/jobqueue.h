// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "meters/meters.h"

#include <quoin/abi.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace quoin::database {

using JobList = std::vector<std::unique_ptr<abi::Job>>;

/// Jobs in the order they came, at most `limit` of them. Any thread may push; database threads take. First in, first
/// out. (std::mutex and not QMutex, so that ThreadSanitizer can follow it in a stock Qt.)
class JobQueue
{
public:
    /// How long jobs wait and how many do is told to these two; lent.
    JobQueue(std::size_t limit, meters::Histogram<meters::requestBounds> &waits, meters::Counter &waiting);

    /// Takes the job, or leaves it with the caller and returns false: the queue is full or closed.
    bool push(std::unique_ptr<abi::Job> &job);

    /// Waits until there is a job and takes all that wait, up to `most`; with several sharers an equal part of them, so
    /// that the others find theirs. Empty: closed and nothing is left, or wake() was called.
    JobList take(std::size_t most, std::size_t sharers = 1);

    /// Waits at most `patience` for a job, and takes all that wait. Empty: none came, it is closed, or wake() was
    /// called.
    JobList takeAll(std::chrono::milliseconds patience);

    /// Waits at most `patience`, and returns early when it is closed or wake() is called.
    void waitWithoutTaking(std::chrono::milliseconds patience);

    /// Ends every wait there is now.
    void wake();

    /// Nothing more is taken in; take() hands out what is left.
    void close();

    bool isClosed() const;
    std::size_t size() const;

private:
    using Clock = std::chrono::steady_clock;
    struct Waiting
    {
        std::unique_ptr<abi::Job> job;
        Clock::time_point since;
    };

    JobList takeLocked(std::size_t most);

    const std::size_t m_limit;
    meters::Histogram<meters::requestBounds> &m_waits; ///< Written under the mutex.
    meters::Counter &m_waiting;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed; ///< A job came, or it was closed.
    std::condition_variable m_stirred; ///< Woken or closed. Its own, because who waits here must not take the word that
                                       ///< a job came from one who could run it.
    std::deque<Waiting> m_jobs;
    unsigned m_wakes = 0;
    bool m_closed = false;
};

} // namespace quoin::database
