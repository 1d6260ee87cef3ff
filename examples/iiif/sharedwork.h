// SPDX-License-Identifier: MIT
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QHash>

#include <future>
#include <mutex>

namespace iiif {

/// Work that is asked for several times at once is done once, and everybody gets its outcome. Any thread.
class SharedWork
{
public:
    using Outcome = quoin::Result<QByteArray>;

    /// The outcome of make(), or of the one that is under way for the same key, for which this waits.
    template <class F>
    Outcome run(const QByteArray &key, F make)
    {
        std::promise<Outcome> promise;
        const std::shared_future<Outcome> mine = promise.get_future().share();
        const std::shared_future<Outcome> first = join(key, mine);
        if (first.valid())
            return first.get();
        finish(key, promise, attempt(make));
        return mine.get();
    }

private:
    template <class F>
    static Outcome attempt(F &make)
    {
        try { // whoever waits must be told, whatever happens
            return make();
        } catch (const std::exception &exception) {
            return quoin::Error::internal(QString::fromLocal8Bit(exception.what()));
        }
    }

    /// The one that is under way; not valid if there was none, and now there is the caller's.
    std::shared_future<Outcome> join(const QByteArray &key, const std::shared_future<Outcome> &mine)
    {
        const std::scoped_lock lock(m_mutex);
        const auto found = m_running.constFind(key);
        if (found != m_running.constEnd())
            return *found;
        m_running.insert(key, mine);
        return {};
    }

    void finish(const QByteArray &key, std::promise<Outcome> &promise, Outcome outcome)
    {
        {
            const std::scoped_lock lock(m_mutex);
            m_running.remove(key);
        }
        promise.set_value(std::move(outcome));
    }

    std::mutex m_mutex;
    QHash<QByteArray, std::shared_future<Outcome>> m_running;
};

} // namespace iiif
