// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/http.h>

#include <QSemaphore>
#include <QThread>

#include <atomic>
#include <functional>
#include <memory>

/// Holds handlers back until the test says so: no sleeping for luck.
class Gate
{
public:
    ~Gate() // declare it after the server: a test that fails must let the handlers go first
    {
        open();
        while (m_inside > 0)
            QThread::yieldCurrentThread();
    }
    void pass() ///< Called by handlers.
    {
        ++m_inside;
        m_arrived.release();
        m_open.acquire();
        m_open.release();
        --m_inside;
    }
    bool waitForArrival(int count = 1) { return m_arrived.tryAcquire(count, 10000); }
    void open() { m_open.release(); }

private:
    QSemaphore m_arrived;
    QSemaphore m_open;
    std::atomic<int> m_inside = 0;
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
