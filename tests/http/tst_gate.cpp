// SPDX-License-Identifier: GPL-3.0-only
#include "home.h"
#include "rawclient.h"
#include "testserver.h"

#include "http/incomingrequest.h"

#include <QTest>

#include <atomic>
#include <mutex>

using namespace quoin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Guards what wants a scope, and decides by the request's path.
class ScriptedGate final : public http::Gate
{
public:
    bool guards(const http::RouteEntry &route) const override { return !route.scope.isEmpty(); }

    std::optional<http::Answer> refusalAtHead(const http::IncomingRequest &request) override
    {
        ++headsSeen;
        if (request.header("Authorization") == "wrong")
            return http::Answer::problem(401, u"no"_s, request.idView());
        return std::nullopt;
    }

    void admit(const http::IncomingRequest &request, std::function<void(http::Verdict &&)> decided) override
    {
        ++asked;
        if (request.path().endsWith("/refused"))
            return decided({nullptr, http::Answer::problem(403, u"not you"_s, request.idView())});
        if (request.path().endsWith("/later"))
            return void(waiting.push_back(std::move(decided)));
        decided(admitted());
    }

    http::Verdict admitted()
    {
        class Notebook final : public http::Sequel
        {
        public:
            explicit Notebook(ScriptedGate &gate)
                : m_gate(gate)
            {
            }
            void answered(int status) override { m_gate.note(status); }

        private:
            ScriptedGate &m_gate;
        };
        auto admission = std::make_unique<http::Admission>();
        admission->caller = std::make_shared<const http::Caller>(http::Caller{7, u"laptop"_s, {u"all"_s}});
        admission->sequel = std::make_unique<Notebook>(*this);
        return {std::move(admission), {}};
    }

    void note(int status)
    {
        const std::lock_guard lock(m_mutex);
        m_statuses.append(status);
    }
    QList<int> statuses() const
    {
        const std::lock_guard lock(m_mutex);
        return m_statuses;
    }

    std::atomic<int> asked = 0;
    std::atomic<int> headsSeen = 0;
    std::vector<std::function<void(http::Verdict &&)>> waiting; ///< On the server's thread only.

private:
    mutable std::mutex m_mutex;
    QList<int> m_statuses;
};

} // namespace

class GateTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_server.reset(); }
    void anOpenRouteIsNobodysBusiness();
    void whoIsLetInIsKnownToTheHandler_data();
    void whoIsLetInIsKnownToTheHandler();
    void whoIsNotLetInDoesNotReachTheHandler();
    void aBodyIsNotReadForNothing();
    void theGateMayTakeItsTime();
    void whoGaveUpMeanwhileDoesNotReachTheHandler();
    void theOutcomeIsToldOnce_data();
    void theOutcomeIsToldOnce();
    void aDecisionAfterTheEndIsHarmless();

private:
    void decideAll();

    std::unique_ptr<ScriptedGate> m_gate;
    std::unique_ptr<TestServer> m_server;
    std::atomic<int> m_handled = 0;
};

void GateTest::init()
{
    m_handled = 0;
    m_gate = std::make_unique<ScriptedGate>();
    m_server = std::make_unique<TestServer>();
    const auto say = [this](const Request &request) {
        ++m_handled;
        const http::Caller *caller = http::callerOf(request);
        return Response::text(caller ? caller->name.toUtf8() : "nobody");
    };
    m_server->get(u"/open"_s, say);
    for (const char *path : {"/pool", "/refused", "/later"})
        m_server->get(QString::fromLatin1(path), say).scope = u"all"_s;
    m_server->get(u"/loop"_s, [say](const Request &request) -> Future<Response> { return say(request); }).scope
        = u"all"_s;
    m_server->post(u"/pool"_s, say).scope = u"all"_s;
    m_server->get(u"/throws"_s, [](const Request &) -> Response { throw std::runtime_error("oh"); }).scope = u"all"_s;
    auto &brief = m_server->get(u"/brief/later"_s, say);
    brief.scope = u"all"_s;
    brief.deadlineMs = 50;
    m_server->setGate(m_gate.get());
    m_server->start();
}

void GateTest::decideAll()
{
    QMetaObject::invokeMethod(
        &m_server->server(),
        [this] {
            for (const auto &decided : std::exchange(m_gate->waiting, {}))
                decided(m_gate->admitted());
        },
        Qt::BlockingQueuedConnection);
}

void GateTest::anOpenRouteIsNobodysBusiness()
{
    RawClient client(m_server->port());
    QCOMPARE(client.get("/open").body, QByteArray("nobody"));
    QCOMPARE(client.get("/nothing").status, 404);
    QVERIFY(client.send("OPTIONS /pool HTTP/1.1\r\nHost: a\r\n\r\n"));
    QCOMPARE(client.answer().status, 204);
    QCOMPARE(m_gate->asked.load(), 0);
    QCOMPARE(m_gate->headsSeen.load(), 0);
}

void GateTest::whoIsLetInIsKnownToTheHandler_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("pool") << QByteArray("/pool");
    QTest::newRow("loop") << QByteArray("/loop");
}

void GateTest::whoIsLetInIsKnownToTheHandler()
{
    QFETCH(const QByteArray, path);
    RawClient client(m_server->port());
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(client.get(path).body, QByteArray("laptop"));
        QCOMPARE(client.get("/open").body, QByteArray("nobody")); // nothing sticks to the connection
    }
    QCOMPARE(m_gate->asked.load(), 3);
}

void GateTest::whoIsNotLetInDoesNotReachTheHandler()
{
    RawClient client(m_server->port());
    QCOMPARE(client.get("/refused").status, 403);
    QCOMPARE(client.get("/open").status, 200); // on the same connection
    QCOMPARE(m_handled.load(), 1);
    QVERIFY(m_gate->statuses().isEmpty());
}

void GateTest::aBodyIsNotReadForNothing()
{
    RawClient client(m_server->port());
    QVERIFY(client.send("POST /pool HTTP/1.1\r\nHost: a\r\nAuthorization: wrong\r\nContent-Length: 1000000\r\n\r\n"));
    const RawAnswer answer = client.answer();
    QCOMPARE(answer.status, 401);
    QCOMPARE(answer.header("Connection"), QByteArray("close"));
    QCOMPARE(m_gate->asked.load(), 0);

    RawClient other(m_server->port());
    QVERIFY(other.send("POST /pool HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n1"));
    QCOMPARE(other.answer().body, QByteArray("laptop"));
    QCOMPARE(m_gate->headsSeen.load(), 2);
}

void GateTest::theGateMayTakeItsTime()
{
    RawClient slow(m_server->port());
    QVERIFY(slow.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
    QTRY_COMPARE(m_gate->asked.load(), 1);
    RawClient client(m_server->port());
    QCOMPARE(client.get("/open").status, 200); // nobody waits for it
    QCOMPARE(m_handled.load(), 1);
    decideAll();
    QCOMPARE(slow.answer().body, QByteArray("laptop"));
}

void GateTest::whoGaveUpMeanwhileDoesNotReachTheHandler()
{
    RawClient client(m_server->port());
    QCOMPARE(client.get("/brief/later").status, 504);
    decideAll();
    QCOMPARE(m_gate->statuses(), QList<int>{504});
    QCOMPARE(m_handled.load(), 0);
}

void GateTest::theOutcomeIsToldOnce_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("status");
    QTest::newRow("done") << QByteArray("/pool") << 200;
    QTest::newRow("on the loop") << QByteArray("/loop") << 200;
    QTest::newRow("thrown") << QByteArray("/throws") << 500;
}

void GateTest::theOutcomeIsToldOnce()
{
    QFETCH(const QByteArray, path);
    QFETCH(const int, status);
    RawClient client(m_server->port());
    QCOMPARE(client.get(path).status, status);
    QCOMPARE(m_gate->statuses(), QList<int>{status}); // before the client has it
}

void GateTest::aDecisionAfterTheEndIsHarmless()
{
    RawClient client(m_server->port());
    QVERIFY(client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
    QTRY_COMPARE(m_gate->asked.load(), 1);
    m_server.reset();
    for (const auto &decided : std::exchange(m_gate->waiting, {}))
        decided(m_gate->admitted());
    QCOMPARE(m_handled.load(), 0);
}

QTEST_GUILESS_MAIN(GateTest)
#include "tst_gate.moc"
