// SPDX-License-Identifier: GPL-3.0-only
#include "slowclients.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::test {

namespace {

constexpr size_t threads = 4; // each sees to its share of the clients, one after the other

} // namespace

SlowClients::SlowClients(quint16 port, const QByteArray &target, int clients, std::chrono::milliseconds pause)
    : m_target(target)
{
    for (int i = 0; i < clients; ++i)
        m_clients.push_back(std::make_unique<HttpClient>(port, std::chrono::seconds(60)));
    for (size_t first = 0; first < std::min(threads, m_clients.size()); ++first)
        m_threads.emplace_back([=, this] { work(first, threads, pause); });
}

SlowClients::~SlowClients() { finish(); }

void SlowClients::finish()
{
    m_stop = true;
    for (std::thread &thread : m_threads)
        thread.join();
    m_threads.clear();
}

void SlowClients::work(size_t first, size_t step, std::chrono::milliseconds pause)
{
    for (bool isKnown = false; !m_stop; isKnown = true) {
        for (size_t i = first; i < m_clients.size() && (!m_stop || !isKnown); i += step)
            ask(*m_clients[i], isKnown);
        std::this_thread::sleep_for(pause);
    }
}

void SlowClients::ask(HttpClient &client, bool isKnown)
{
    const bool wasOpen = client.isOpen();
    const HttpReply reply = client.get(m_target);
    const std::lock_guard lock(m_mutex);
    if (isKnown && !wasOpen)
        m_cutOff.append(u"connected anew after %1 answers"_s.arg(m_answers));
    if (!reply.isComplete()) {
        m_cutOff.append(u"after %1 answers: %2"_s.arg(m_answers).arg(reply.failure));
        client.close();
    } else if (reply.status != 200) {
        m_wrongAnswers.append(QString::number(reply.status) + u' ' + QString::fromUtf8(reply.body));
    } else {
        ++m_answers;
    }
}

QMap<QByteArray, int> SlowClients::askEach()
{
    QMap<QByteArray, int> bodies;
    for (const auto &client : m_clients) {
        const bool wasOpen = client->isOpen();
        const HttpReply reply = client->get(m_target);
        ++bodies[wasOpen && reply.isComplete() ? reply.body : QByteArray("")];
    }
    return bodies;
}

} // namespace quoin::test
