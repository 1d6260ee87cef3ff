// SPDX-License-Identifier: GPL-3.0-only
#include "redis/counters.h"

#include "redis/connection.h"

#include <QObject>
#include <QThread>
#include <QTimer>

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;

namespace quoin::redis {

/// Where increments of all threads meet the connection. Its work is done in its own thread.
class Counters::Desk final : public QObject
{
public:
    using Task = std::function<void()>;

    Desk(Url url, std::chrono::milliseconds timeout, std::atomic<quint64> *outages)
        : m_timeout(timeout)
        , m_connection(std::move(url), {.purpose = u"counters"_s, .timeout = timeout})
    {
        if (outages)
            connect(&m_connection, &Connection::lost, this,
                    [outages] { outages->fetch_add(1, std::memory_order_relaxed); });
        m_patience.setSingleShot(true);
        connect(&m_patience, &QTimer::timeout, this, &Desk::stopWaiting);
        connect(&m_connection, &Connection::opened, this, &Desk::stopWaiting);
        connect(&m_connection, &Connection::lost, this, &Desk::stopWaiting);
        // When the loop runs: a process that starts is busy for longer than Redis is waited for.
        QMetaObject::invokeMethod(this, &Desk::begin, Qt::QueuedConnection);
    }

    ~Desk() override
    {
        // In this order: what is asked for is refused by the closed connection, and then answered by its end.
        m_connection.close();
        m_isWaiting = false;
        deliver();
        doAll(std::exchange(m_early, {}));
    }

    /// Any thread.
    void increment(const QString &counter, abi::CountReceiver *owned)
    {
        if (QThread::currentThread() == thread() && !m_isWaiting)
            count(counter, owned);
        else
            ask([this, counter, owned] { count(counter, owned); });
    }

    /// Any thread. task is called once, in this one's thread.
    void ask(Task task)
    {
        if (QThread::currentThread() == thread()) {
            take(std::move(task));
            return;
        }
        const std::lock_guard lock(m_mutex);
        m_inbox.push_back(std::move(task));
        if (m_inbox.size() == 1)
            QMetaObject::invokeMethod(this, &Desk::deliver, Qt::QueuedConnection);
    }

    void count(const QString &counter, abi::CountReceiver *owned)
    {
        if (m_counter != counter) {
            m_counter = counter;
            m_key = counter.toUtf8();
        }
        // The raw pointer is small enough for a function without an allocation, and the answer comes once.
        m_connection.send({QByteArrayLiteral("INCR"), m_key}, [owned](const Result<Reply> &result) {
            const std::unique_ptr<abi::CountReceiver> receiver(owned);
            if (result)
                receiver->counted(result->integer);
            else
                receiver->failed(result.error());
        });
    }

    void check(const std::shared_ptr<Promise<>> &promise)
    {
        if (!m_connection.isOpen()) {
            const QString trouble = m_connection.trouble();
            promise->finish(Error::unavailable(u"Redis (%1) cannot be reached: %2"_s.arg(
                m_connection.url().toDisplayString(), trouble.isEmpty() ? u"no attempt has ended yet"_s : trouble)));
            return;
        }
        m_connection.send({"PING"}, [promise](const Result<Reply> &result) {
            promise->finish(result ? Result<>() : Result<>(result.error()));
        });
    }

private:
    void begin()
    {
        m_patience.start(m_timeout);
        m_connection.open();
    }

    void deliver()
    {
        std::vector<Task> tasks;
        {
            const std::lock_guard lock(m_mutex);
            tasks.swap(m_inbox);
        }
        for (Task &task : tasks)
            take(std::move(task));
    }

    /// Before the first attempt to connect has ended, nobody knows whether Redis is away.
    void take(Task task)
    {
        if (m_isWaiting)
            m_early.push_back(std::move(task));
        else
            task();
    }

    void stopWaiting()
    {
        m_patience.stop();
        m_isWaiting = false;
        doAll(std::exchange(m_early, {}));
    }

    static void doAll(const std::vector<Task> &tasks)
    {
        for (const Task &task : tasks)
            task();
    }

    const std::chrono::milliseconds m_timeout;
    QString m_counter; ///< The last one, and its key: most have no other.
    QByteArray m_key;

    QTimer m_patience;
    bool m_isWaiting = true;
    std::vector<Task> m_early;

    std::mutex m_mutex;
    std::vector<Task> m_inbox; ///< From other threads.

    Connection m_connection; ///< The last: its end calls back into what is above.
};

Counters::Counters(Url url, std::chrono::milliseconds timeout, std::atomic<quint64> *outages)
    : m_desk(std::make_unique<Desk>(std::move(url), timeout, outages))
{
}

Counters::~Counters() = default;

void Counters::increment(const QString &counter, abi::CountReceiver *owned) { m_desk->increment(counter, owned); }

Future<> Counters::check()
{
    const auto promise = std::make_shared<Promise<>>(); // A function must be copyable.
    auto future = promise->future();
    m_desk->ask([desk = m_desk.get(), promise] { desk->check(promise); });
    return future;
}

} // namespace quoin::redis
