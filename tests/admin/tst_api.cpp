// SPDX-License-Identifier: GPL-3.0-only
#include "client/api.h"
#include "fakeserver.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using admin::Api;
using admin::ApiReply;
using admin::FakeServer;
using admin::Problem;
using admin::Request;
using Answer = admin::FakeServer::Answer;

namespace {

struct Outcome
{
    bool isDone = false;
    bool isOk = false;
    int status = 0;
    Problem problem;
    QByteArray bytes;
};

void keep(ApiReply *reply, Outcome &outcome)
{
    QObject::connect(reply, &ApiReply::finished, reply, [reply, &outcome] {
        outcome = {true, reply->isOk(), reply->status(), reply->problem(), reply->bytes()};
    });
}

} // namespace

class ApiTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anAnswerComesWithItsStatusAndJson()
    {
        FakeServer server;
        server.on("GET", u"/admin/v1/tasks"_s, Answer::json({{u"results"_s, QJsonArray{1, 2}}}));
        Api api(server.url());
        api.setToken(u"quoin_abc"_s);
        QObject page;
        bool isDone = false;
        api.get(u"/admin/v1/tasks"_s, {{u"text"_s, u"a+b & c%ä"_s}}, &page)->then(&page, [&](const ApiReply &answer) {
            isDone = true;
            QVERIFY(answer.isOk());
            QCOMPARE(answer.status(), 200);
            QCOMPARE(answer.results().size(), 2);
        });
        QTRY_VERIFY(isDone);
        const auto asked = server.last("GET", u"/admin/v1/tasks"_s);
        QCOMPARE(asked.value(u"text"_s), u"a+b & c%ä"_s);
        QCOMPARE(asked.headers.value("authorization"), "Bearer quoin_abc");
    }

    void aProblemSaysWhatTheServerSaidAndWhatToDo_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("kind");
        QTest::newRow("no token") << 401 << int(Problem::Kind::Unauthorized);
        QTest::newRow("no scope") << 403 << int(Problem::Kind::Forbidden);
        QTest::newRow("gone") << 404 << int(Problem::Kind::NotFound);
        QTest::newRow("conflict") << 409 << int(Problem::Kind::Refused);
        QTest::newRow("failed") << 500 << int(Problem::Kind::Server);
        QTest::newRow("not ready") << 503 << int(Problem::Kind::Server);
    }
    void aProblemSaysWhatTheServerSaidAndWhatToDo()
    {
        QFETCH(int, status);
        QFETCH(int, kind);
        FakeServer server;
        server.on("GET", u"/x"_s, Answer::problem(status, u"Title"_s, u"The very reason"_s));
        Api api(server.url());
        Outcome outcome;
        keep(api.get(u"/x"_s, {}, this), outcome);
        QTRY_VERIFY(outcome.isDone);
        QVERIFY(!outcome.isOk);
        QCOMPARE(int(outcome.problem.kind), kind);
        QCOMPARE(outcome.problem.status, status);
        QVERIFY(outcome.problem.sentence().contains(u"The very reason"_s));
        QCOMPARE(outcome.problem.requestId, u"fake-1"_s);
    }

    void aServerThatIsNotThereIsOffline()
    {
        FakeServer server;
        server.stop();
        Api api(server.url());
        Outcome outcome;
        keep(api.get(u"/x"_s, {}, this), outcome);
        QTRY_VERIFY(outcome.isDone);
        QCOMPARE(outcome.problem.kind, Problem::Kind::Offline);
        QVERIFY(!outcome.problem.remedy.isEmpty());
    }

    void anAnswerThatBreaksOffIsNoAnswer()
    {
        FakeServer server;
        server.on("GET", u"/x"_s, Answer{.body = "{}", .drops = true});
        Api api(server.url());
        Outcome outcome;
        keep(api.get(u"/x"_s, {}, this), outcome);
        QTRY_VERIFY(outcome.isDone);
        QCOMPARE(outcome.problem.kind, Problem::Kind::Offline);
    }

    void aSilentServerEndsAtTheRequestsPatience()
    {
        FakeServer server;
        server.on("GET", u"/x"_s, Answer{.silent = true});
        Api api(server.url());
        Outcome outcome;
        keep(api.send({.path = u"/x"_s, .patience = 300ms}, this), outcome);
        QTRY_VERIFY(outcome.isDone);
        QCOMPARE(outcome.problem.kind, Problem::Kind::Timeout);
    }

    void aSlowAnswerIsAnnouncedAndThenCounts()
    {
        FakeServer server;
        server.on("GET", u"/x"_s, Answer::json({}));
        server.setDelay(1500ms);
        Api api(server.url());
        Outcome outcome;
        ApiReply *reply = api.get(u"/x"_s, {}, this);
        QSignalSpy waiting(reply, &ApiReply::waiting);
        keep(reply, outcome);
        QTRY_COMPARE(waiting.count(), 1);
        QVERIFY(!outcome.isDone);
        QTRY_VERIFY(outcome.isDone);
        QVERIFY(outcome.isOk);
    }

    void aRequestEndsWithItsParent()
    {
        FakeServer server;
        server.on("GET", u"/x"_s, Answer{.silent = true});
        Api api(server.url());
        auto page = std::make_unique<QObject>();
        QSignalSpy answered(&api, &Api::answered);
        api.get(u"/x"_s, {}, page.get());
        QTRY_COMPARE(server.count("GET", u"/x"_s), 1);
        page.reset();
        Outcome outcome;
        server.on("GET", u"/y"_s, Answer::json({}));
        keep(api.get(u"/y"_s, {}, this), outcome);
        QTRY_VERIFY(outcome.isDone);
        QCOMPARE(answered.count(), 1); // of /y alone
    }

    void readOnlyLetsNothingOutThatChanges_data()
    {
        QTest::addColumn<QByteArray>("method");
        for (const char *method : {"POST", "PUT", "DELETE", "PATCH"})
            QTest::newRow(method) << QByteArray(method);
    }
    void readOnlyLetsNothingOutThatChanges()
    {
        QFETCH(QByteArray, method);
        FakeServer server;
        server.on(method, u"/x"_s, Answer::json({}));
        server.on("GET", u"/x"_s, Answer::json({}));
        Api api(server.url());
        api.setReadOnly(true);
        Outcome change, look;
        keep(api.send({.method = method, .path = u"/x"_s, .body = "{}"}, this), change);
        QVERIFY(!change.isDone); // later, as every answer
        keep(api.get(u"/x"_s, {}, this), look);
        QTRY_VERIFY(change.isDone && look.isDone);
        QCOMPARE(change.problem.kind, Problem::Kind::ReadOnly);
        QVERIFY(look.isOk);
        QCOMPARE(server.count(method, u"/x"_s), 0);
    }

    void theTokenGoesToNoOtherAddress()
    {
        FakeServer server, other;
        other.on("GET", u"/x"_s, Answer::json({}));
        server.on("GET", u"/x"_s,
                  Answer{.status = 302, .headers = {{"Location", (other.url().toString() + u"/x"_s).toLatin1()}}});
        Api api(server.url());
        api.setToken(u"quoin_secret"_s);
        Outcome outcome;
        keep(api.get(u"/x"_s, {}, this), outcome);
        QTRY_VERIFY(outcome.isDone);
        QVERIFY(!outcome.isOk);
        QVERIFY(other.asked().isEmpty());
    }

    void aStreamedAnswerIsHandedOutAsItComes()
    {
        FakeServer server;
        server.on("POST", u"/plugins"_s,
                  Answer{.body = "{\"gate\":1}\n", .contentType = "application/x-ndjson", .stream = true});
        Api api(server.url());
        Outcome outcome;
        QByteArray got;
        ApiReply *reply = api.send({.method = "POST", .path = u"/plugins"_s, .body = "so", .streamed = true}, this);
        connect(reply, &ApiReply::received, this, [&](const QByteArray &bytes) { got += bytes; });
        keep(reply, outcome);
        QTRY_COMPARE(got, "{\"gate\":1}\n");
        QVERIFY(!outcome.isDone);
        server.send("{\"gate\":2}\n");
        QTRY_COMPARE(got, "{\"gate\":1}\n{\"gate\":2}\n");
        server.closeStreams();
        QTRY_VERIFY(outcome.isDone);
        QVERIFY(outcome.isOk);
        QVERIFY(outcome.bytes.isEmpty());
    }

    void whatAPageAskedIsRememberedForIt()
    {
        FakeServer server;
        Api api(server.url());
        QObject page, other;
        auto *model = new QObject(&page);
        api.get(u"/a"_s, {}, model);
        api.get(u"/b"_s, {}, &other);
        api.get(u"/a"_s, {}, &page);
        api.get(u"/c"_s, {}, &page);
        QStringList paths;
        for (const Request &request : api.recent(&page))
            paths << request.path;
        QCOMPARE(paths, (QStringList{u"/c"_s, u"/a"_s}));
    }

    void curlIsALineForAShellWithoutTheToken()
    {
        const Request look{.path = u"/admin/v1/tasks"_s, .query = {{u"text"_s, u"it's & more"_s}}};
        QCOMPARE(
            look.curl(QUrl(u"http://h:5000"_s)),
            u"curl -sS -H \"Authorization: Bearer $TOKEN\" 'http://h:5000/admin/v1/tasks?text=it%27s%20%26%20more'"_s);
        const Request post{.method = "POST", .path = u"/record"_s, .body = "{\"a\":\"it's\"}"};
        QCOMPARE(post.curl(QUrl(u"http://h/base/"_s)),
                 u"curl -sS -X POST -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' --data-raw "
                 "'{\"a\":\"it'\\''s\"}' 'http://h/base/record'"_s);
        const Request upload{.method = "POST",
                             .path = u"/p"_s,
                             .body = "\x7f"
                                     "ELF",
                             .contentType = "application/octet-stream"};
        QVERIFY(upload.curl(QUrl(u"http://h"_s)).contains(u"--data-binary @FILE"_s));
    }
};

QTEST_GUILESS_MAIN(ApiTest)
#include "tst_api.moc"
