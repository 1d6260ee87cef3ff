// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/counters.h"

#include <quoin/abi.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

namespace quoin::test {

/// What receivers were told; every one tells once, and goes.
class Tally
{
public:
    abi::CountReceiver *receiver()
    {
        ++m_given;
        return new Receiver(*this);
    }

    int given() const { return m_given; }
    int gone() const { return m_gone; }
    int told() const
    {
        const std::lock_guard lock(m_mutex);
        return static_cast<int>(m_numbers.size() + m_errors.size());
    }
    std::vector<qint64> numbers() const
    {
        const std::lock_guard lock(m_mutex);
        return m_numbers;
    }
    std::vector<Error> errors() const
    {
        const std::lock_guard lock(m_mutex);
        return m_errors;
    }
    bool isEachToldOnce() const { return told() == given() && gone() == given(); }
    bool isEveryErrorUnavailable() const
    {
        const std::vector<Error> all = errors();
        return std::all_of(all.begin(), all.end(),
                           [](const Error &error) { return error.kind() == ErrorKind::Unavailable; });
    }
    bool isAnyNumberDouble() const
    {
        std::vector<qint64> sorted = numbers();
        std::sort(sorted.begin(), sorted.end());
        return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
    }

private:
    class Receiver final : public abi::CountReceiver
    {
    public:
        explicit Receiver(Tally &tally)
            : m_tally(tally)
        {
        }
        ~Receiver() override { ++m_tally.m_gone; }
        void counted(qint64 value) override
        {
            const std::lock_guard lock(m_tally.m_mutex);
            m_tally.m_numbers.push_back(value);
        }
        void failed(const Error &error) override
        {
            const std::lock_guard lock(m_tally.m_mutex);
            m_tally.m_errors.push_back(error);
        }

    private:
        Tally &m_tally;
    };

    std::atomic<int> m_given = 0;
    std::atomic<int> m_gone = 0;
    mutable std::mutex m_mutex;
    std::vector<qint64> m_numbers;
    std::vector<Error> m_errors;
};

/// Threads that count until they are told to stop.
class Visitors
{
public:
    Visitors(redis::Counters &counters, Tally &tally, int threads)
    {
        for (int i = 0; i < threads; ++i) {
            m_threads.emplace_back([this, &counters, &tally] {
                while (!m_stops) {
                    counters.increment(QStringLiteral("hits"), tally.receiver());
                    std::this_thread::sleep_for(std::chrono::microseconds(100));
                }
            });
        }
    }
    ~Visitors() { stop(); }
    void stop()
    {
        m_stops = true;
        for (std::thread &thread : m_threads) {
            if (thread.joinable())
                thread.join();
        }
    }

private:
    std::atomic<bool> m_stops = false;
    std::vector<std::thread> m_threads;
};

} // namespace quoin::test
