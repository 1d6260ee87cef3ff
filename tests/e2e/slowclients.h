// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "support/httpclient.h"

#include <QByteArray>
#include <QMap>
#include <QStringList>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace quoin::test {

/// Clients that ask for the same again and again, each on one connection which it keeps, with time in between: most of
/// them are idle at any moment. Whoever is cut off connects again.
class SlowClients
{
public:
    SlowClients(quint16 port, const QByteArray &target, int clients,
                std::chrono::milliseconds pause = std::chrono::milliseconds(50));
    ~SlowClients();

    void finish(); ///< No new requests; those under way are waited for.

    qint64 answers() const { return m_answers; }

    // After finish():
    const QStringList &wrongAnswers() const { return m_wrongAnswers; } ///< Other than 200, each in a sentence.
    /// Requests without an answer, and connections that did not last, each in a sentence.
    const QStringList &cutOff() const { return m_cutOff; }
    /// Asks once more on every connection. How often each body came; "" for none.
    QMap<QByteArray, int> askEach();

private:
    void work(size_t first, size_t step, std::chrono::milliseconds pause);
    void ask(HttpClient &client, bool isKnown);

    const QByteArray m_target;
    std::atomic<bool> m_stop = false;
    std::atomic<qint64> m_answers = 0;
    std::mutex m_mutex;
    QStringList m_wrongAnswers;
    QStringList m_cutOff;
    std::vector<std::unique_ptr<HttpClient>> m_clients;
    std::vector<std::thread> m_threads;
};

} // namespace quoin::test
