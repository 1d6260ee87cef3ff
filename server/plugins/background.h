// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QObject>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace quoin::plugins {

/// One thread for work that blocks (reading, hashing, syncing), in the order in which it is given. Belongs to the
/// thread that made it. Not a QThreadPool, whose queue ThreadSanitizer cannot follow in a stock Qt.
class Background : public QObject
{
public:
    Background();
    /// Waits for all that was given; what it comes to is no longer told.
    ~Background() override;

    /// done(job()) is called on this object's thread. What the job points to must outlive this object.
    template <class Job, class Done>
    void run(Job job, Done done)
    {
        add([this, job = std::move(job), done = std::move(done)] {
            auto outcome = std::make_shared<decltype(job())>(job());
            tell([outcome, done] { done(std::move(*outcome)); });
        });
    }

private:
    using Call = std::function<void()>;

    void add(Call job);
    void work();
    void tell(Call outcome);
    void deliver();

    std::mutex m_mutex;
    std::condition_variable m_added;
    std::deque<Call> m_jobs;
    std::deque<Call> m_outcomes;
    bool m_isEnding = false;
    std::thread m_thread; // last: it uses what is above
};

} // namespace quoin::plugins
