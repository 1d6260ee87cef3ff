// SPDX-License-Identifier: MIT
#pragma once

#include <QThreadPool>

#include <atomic>
#include <utility>

namespace quoin::detail {

/// A function as a job of a thread pool. The flag hands over what the function holds: the pool's own locks do so too,
/// but ThreadSanitizer does not see them, because a stock Qt is not instrumented.
template <class F>
class PoolJob final : public QRunnable
{
public:
    explicit PoolJob(F &&function)
        : m_function(std::move(function))
    {
        m_isHandedOver.store(true, std::memory_order_release);
    }
    void run() override
    {
        static_cast<void>(m_isHandedOver.load(std::memory_order_acquire));
        m_function();
    }

private:
    F m_function;
    std::atomic<bool> m_isHandedOver = false;
};

/// Runs a function, which must not throw, on a thread of the pool. It need not be copyable.
template <class F>
void startOn(QThreadPool &pool, F function)
{
    pool.start(new PoolJob<F>(std::move(function)));
}

} // namespace quoin::detail
