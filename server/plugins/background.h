// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QObject>
#include <QThreadPool>

#include <memory>
#include <utility>

namespace quoin::plugins {

/// One thread for work that blocks (reading, hashing, syncing), in the order in which it is given. Belongs to the
/// thread that made it.
class Background : public QObject
{
public:
    Background() { m_pool.setMaxThreadCount(1); }
    /// Waits for all that was given; what it comes to is no longer told.
    ~Background() override { m_pool.waitForDone(); }

    /// done(job()) is called on this object's thread. The job must be repeatable to copy, and what it points to must
    /// outlive this object.
    template <class Job, class Done>
    void run(Job job, Done done)
    {
        m_pool.start([this, job = std::move(job), done = std::move(done)] {
            auto outcome = std::make_shared<decltype(job())>(job());
            QMetaObject::invokeMethod(
                this, [outcome, done] { done(std::move(*outcome)); }, Qt::QueuedConnection);
        });
    }

private:
    QThreadPool m_pool;
};

} // namespace quoin::plugins
