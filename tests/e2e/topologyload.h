// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "support/httpclient.h"

#include <QByteArray>
#include <QElapsedTimer>
#include <QList>
#include <QStringList>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

namespace quoin::test {

/// Clients of 127.0.0.1:80 who post records, read each again at once, and visit the counter, until they are told to
/// stop; every fourth with a new connection for each request. They never repeat a request, and go on after a
/// failure. Each record is different and names its load.
class TopologyLoad
{
public:
    enum class Visits { None, Counted };

    struct Record
    {
        qint64 id;
        QByteArray text;
    };

    /// An answer that was not the right one, or none.
    struct Failure
    {
        qint64 begun; ///< When the request was sent, in milliseconds after the start of the load.
        QString what;
    };

    explicit TopologyLoad(const QByteArray &name, int clients = 8, Visits visits = Visits::Counted,
                          std::chrono::milliseconds pause = std::chrono::milliseconds(10));
    ~TopologyLoad();
    Q_DISABLE_COPY_MOVE(TopologyLoad)

    int acknowledgedCount() const { return m_acknowledgedCount; }
    /// Waits for that many more acknowledgements. False after a minute.
    bool goesOn(int more = 50) const;
    qint64 elapsed() const { return m_clock.elapsed(); }
    /// No new requests; those under way are waited for.
    void finish();

    // After finish().
    const QList<Record> &acknowledged() const { return m_acknowledged; }
    /// Those of requests that were begun in that time.
    QStringList failures(qint64 from = 0, qint64 until = std::numeric_limits<qint64>::max()) const;
    /// What was posted and refused with the word that it has not been done.
    const QList<QByteArray> &refused() const { return m_refused; }

private:
    void work(const QByteArray &name, int client);
    HttpReply ask(HttpClient &client, bool isShort, const QByteArray &target, const QByteArray &body = {});
    bool post(HttpClient &client, bool isShort, const QByteArray &text, qint64 *id);
    void read(HttpClient &client, bool isShort, qint64 id, const QByteArray &text);
    void visit(HttpClient &client, bool isShort);
    void note(qint64 begun, const QByteArray &request, const HttpReply &reply);

    const Visits m_visits;
    const std::chrono::milliseconds m_pause;
    QElapsedTimer m_clock;
    std::atomic<bool> m_stop = false;
    std::atomic<int> m_acknowledgedCount = 0;
    std::mutex m_mutex;
    QList<Record> m_acknowledged;
    QList<Failure> m_failures;
    QList<QByteArray> m_refused;
    std::vector<std::thread> m_threads;
};

} // namespace quoin::test
