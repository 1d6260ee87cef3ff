// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QList>
#include <QStringList>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

namespace quoin::test {

/// Clients that post records at the same time, each on its own connection and thread, until they
/// have posted their share, are told to stop, or the server is gone. Each record is different and
/// names its load.
class PostingLoad
{
public:
    struct Acknowledged
    {
        qint64 id;
        QByteArray text;
    };

    /// pause: after each record, so that the tasks that follow keep up.
    PostingLoad(quint16 port, int clients, int recordsEach, const QByteArray &name,
                std::chrono::milliseconds pause = {});
    ~PostingLoad();

    int acknowledgedCount() const { return m_acknowledgedCount; }
    /// Of all kinds: what was acknowledged, refused, or not answered.
    int endedCount() const { return m_endedCount; }
    /// No new requests; those under way are waited for.
    void finish();

    /// After finish(). The records that the server said are stored.
    const QList<Acknowledged> &acknowledged() const { return m_acknowledged; }
    /// After finish(). Requests that were sent and not answered, and answers other than 200, each
    /// in a sentence.
    const QStringList &unanswered() const { return m_unanswered; }
    const QStringList &refused() const { return m_refused; }

private:
    void post(quint16 port, int recordsEach, const QByteArray &name, std::chrono::milliseconds pause);

    std::atomic<bool> m_stop = false;
    std::atomic<int> m_acknowledgedCount = 0;
    std::atomic<int> m_endedCount = 0;
    std::mutex m_mutex;
    QList<Acknowledged> m_acknowledged;
    QStringList m_unanswered;
    QStringList m_refused;
    std::vector<std::thread> m_threads;
};

} // namespace quoin::test
