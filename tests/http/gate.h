// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/http.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

/// Holds handlers back until the test says so: no sleeping for luck. Not QSemaphore, because ThreadSanitizer does not
/// see into a stock Qt.
class Gate
{
public:
    ~Gate() // declare it after the server: a test that fails must let the handlers go first
    {
        open();
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_inside == 0; });
    }
    void pass() ///< Called by handlers.
    {
        std::unique_lock lock(m_mutex);
        ++m_inside;
        ++m_arrived;
        m_changed.notify_all();
        m_changed.wait(lock, [this] { return m_isOpen; });
        --m_inside;
        m_changed.notify_all(); // under the lock: the gate may be gone right after it
    }
    bool waitForArrival() ///< Of one more; false after half a minute.
    {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait_for(lock, std::chrono::seconds(30), [this] { return m_arrived > 0; }))
            return false;
        --m_arrived;
        return true;
    }
    void open()
    {
        const std::lock_guard lock(m_mutex);
        m_isOpen = true;
        m_changed.notify_all();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    int m_arrived = 0;
    int m_inside = 0;
    bool m_isOpen = false;
};

/// A handler of the raw interface, for what the typed ones cannot do: keep, drop or misuse a reply.
class RawHandler final : public quoin::abi::Handler
{
public:
    using Function = std::function<void(const quoin::abi::Request *, quoin::abi::Reply *)>;
    explicit RawHandler(Function function)
        : m_function(std::move(function))
    {
    }
    void handle(const quoin::abi::Request *request, quoin::abi::Reply *owned) override { m_function(request, owned); }

private:
    Function m_function;
};

inline std::unique_ptr<quoin::abi::Handler> rawHandler(RawHandler::Function function)
{
    return std::make_unique<RawHandler>(std::move(function));
}
