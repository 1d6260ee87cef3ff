// SPDX-License-Identifier: GPL-3.0-only
#include "topologyload.h"

#include <QDeadlineTimer>

using namespace Qt::StringLiterals;

namespace quoin::test {
namespace {

constexpr quint16 frontPort = 80;
// Longer than haproxy gives a host (timeout server): the failure is to be haproxy's.
constexpr auto patience = std::chrono::seconds(90);

} // namespace

TopologyLoad::TopologyLoad(const QByteArray &name, int clients, Visits visits, std::chrono::milliseconds pause)
    : m_visits(visits)
    , m_pause(pause)
{
    m_clock.start();
    for (int client = 0; client < clients; ++client)
        m_threads.emplace_back([this, name, client] { work(name, client); });
}

TopologyLoad::~TopologyLoad() { finish(); }

void TopologyLoad::finish()
{
    m_stop = true;
    for (std::thread &thread : m_threads)
        thread.join();
    m_threads.clear();
}

bool TopologyLoad::goesOn(int more) const
{
    const int wanted = m_acknowledgedCount + more;
    QDeadlineTimer deadline(60'000);
    while (m_acknowledgedCount < wanted && !deadline.hasExpired())
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return m_acknowledgedCount >= wanted;
}

QStringList TopologyLoad::failures(qint64 from, qint64 until) const
{
    QStringList found;
    for (const Failure &failure : m_failures) {
        if (failure.begun >= from && failure.begun < until)
            found += u"+%1 ms: %2"_s.arg(failure.begun).arg(failure.what);
    }
    return found;
}

void TopologyLoad::work(const QByteArray &name, int client)
{
    HttpClient connection(frontPort, patience);
    const bool isShort = client % 4 == 3;
    for (int number = 0; !m_stop; ++number) {
        const QByteArray text = R"({"load":")" + name + R"(","client":)" + QByteArray::number(client) + R"(,"number":)"
            + QByteArray::number(number) + '}';
        qint64 id = 0;
        if (post(connection, isShort, text, &id))
            read(connection, isShort, id, text);
        if (m_visits == Visits::Counted && number % 4 == 0)
            visit(connection, isShort);
        std::this_thread::sleep_for(m_pause);
    }
}

HttpReply TopologyLoad::ask(HttpClient &client, bool isShort, const QByteArray &target, const QByteArray &body)
{
    const QByteArray close = isShort ? "Connection: close\r\n" : "";
    if (body.isEmpty())
        return client.request("GET", target, {}, close);
    return client.request("POST", target, body, "Content-Type: application/json\r\n" + close);
}

bool TopologyLoad::post(HttpClient &client, bool isShort, const QByteArray &text, qint64 *id)
{
    const qint64 begun = m_clock.elapsed();
    const HttpReply reply = ask(client, isShort, "/record", text);
    const QByteArray tail = R"(,"data":)" + text + '}';
    const bool isRight = reply.isComplete() && reply.status == 200 && reply.body.startsWith(R"({"id":)")
        && reply.body.endsWith(tail);
    if (!isRight) {
        note(begun, "POST " + text, reply);
        const std::lock_guard lock(m_mutex);
        if (reply.isComplete() && reply.status == 503 && !reply.body.contains("unknown"))
            m_refused.append(text);
        return false;
    }
    *id = reply.body.mid(6, reply.body.size() - 6 - tail.size()).toLongLong();
    const std::lock_guard lock(m_mutex);
    m_acknowledged.append({*id, text});
    ++m_acknowledgedCount;
    return true;
}

void TopologyLoad::read(HttpClient &client, bool isShort, qint64 id, const QByteArray &text)
{
    const qint64 begun = m_clock.elapsed();
    const HttpReply reply = ask(client, isShort, "/record/" + QByteArray::number(id));
    const QByteArray expected = R"({"id":)" + QByteArray::number(id) + R"(,"data":)" + text + '}';
    if (!reply.isComplete() || reply.status != 200 || reply.body != expected)
        note(begun, "GET /record/" + QByteArray::number(id), reply);
}

void TopologyLoad::visit(HttpClient &client, bool isShort)
{
    const qint64 begun = m_clock.elapsed();
    const HttpReply reply = ask(client, isShort, "/");
    if (!reply.isComplete() || reply.status != 200 || !reply.body.startsWith("I have been seen "))
        note(begun, "GET /", reply);
}

void TopologyLoad::note(qint64 begun, const QByteArray &request, const HttpReply &reply)
{
    const QString what = QString::fromUtf8(request + " after " + QByteArray::number(m_clock.elapsed() - begun)
                                           + " ms: " + QByteArray::number(reply.status) + ' ' + reply.body.left(300))
        + reply.failure;
    const std::lock_guard lock(m_mutex);
    m_failures.append({begun, what});
}

} // namespace quoin::test
