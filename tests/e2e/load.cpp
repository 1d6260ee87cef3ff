// SPDX-License-Identifier: GPL-3.0-only
#include "load.h"

#include "support/httpclient.h"

using namespace Qt::StringLiterals;

namespace quoin::test {

PostingLoad::PostingLoad(quint16 port, int clients, int recordsEach, const QByteArray &name,
                         std::chrono::milliseconds pause)
{
    for (int client = 0; client < clients; ++client)
        m_threads.emplace_back([=, this] { post(port, recordsEach, name + '-' + QByteArray::number(client), pause); });
}

PostingLoad::~PostingLoad() { finish(); }

void PostingLoad::finish()
{
    m_stop = true;
    for (std::thread &thread : m_threads)
        thread.join();
    m_threads.clear();
}

void PostingLoad::post(quint16 port, int recordsEach, const QByteArray &name, std::chrono::milliseconds pause)
{
    HttpClient client(port);
    for (int i = 0; i < recordsEach && !m_stop; ++i) {
        if (i > 0)
            std::this_thread::sleep_for(pause);
        if (!client.isOpen() && !client.open())
            return; // refused before anything was sent: the server is gone, and nothing is lost
        const QByteArray text = R"({"name":")" + name + R"(","number":)" + QByteArray::number(i) + '}';
        const HttpReply reply = client.post("/record", text);
        const QByteArray body = reply.body.trimmed(); // Flask ends it with a line feed
        const QByteArray expectedTail = R"(,"data":)" + text + '}';
        const std::lock_guard lock(m_mutex);
        ++m_endedCount;
        if (!reply.isComplete()) {
            m_unanswered.append(QString::fromUtf8(text) + u": "_s + reply.failure);
            return;
        }
        if (reply.status != 200 || !body.startsWith(R"({"id":)") || !body.endsWith(expectedTail)) {
            m_refused.append(QString::fromUtf8(text) + u": "_s + QString::number(reply.status) + u' '
                             + QString::fromUtf8(reply.body));
            continue;
        }
        m_acknowledged.append({body.mid(6, body.size() - 6 - expectedTail.size()).toLongLong(), text});
        ++m_acknowledgedCount;
    }
}

} // namespace quoin::test
