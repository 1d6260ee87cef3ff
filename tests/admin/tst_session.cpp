// SPDX-License-Identifier: GPL-3.0-only
#include "client/session.h"
#include "fakeserver.h"

#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using admin::Connection;
using admin::FakeServer;
using admin::Reachability;
using admin::Session;
using Answer = admin::FakeServer::Answer;
using State = admin::Reachability::State;

namespace {

const Answer events{.body = "retry: 100\n\n", .contentType = "text/event-stream", .stream = true};

Connection to(const FakeServer &server) { return {.id = u"x"_s, .name = u"X"_s, .url = server.url()}; }

} // namespace

class SessionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itKnowsWhatTheServerOffersToTheToken()
    {
        FakeServer server;
        server.setScopes({u"admin:read"_s});
        server.on("POST", u"/admin/v1/tasks/{id}/retry"_s, Answer::json({}));
        server.on("GET", u"/admin/v1/tasks/{id}"_s, Answer::json({}));
        Session session(to(server), u"t"_s);
        QSignalSpy known(&session, &Session::endpointsChanged);
        session.start();
        QTRY_VERIFY(session.endpoints().isKnown());
        QCOMPARE(known.count(), 1);
        QCOMPARE(server.count("GET", u"/admin/v1"_s), 1);
        const auto &endpoints = session.endpoints();
        QVERIFY(endpoints.has(u"GET"_s, u"/admin/v1/tasks/{anything}"_s));
        QVERIFY(!endpoints.has(u"POST"_s, u"/admin/v1/tasks/{id}/retry"_s)); // a reading token
        QVERIFY(endpoints.exists(u"POST"_s, u"/admin/v1/tasks/{id}/retry"_s));
        QVERIFY(!endpoints.exists(u"GET"_s, u"/admin/v1/records"_s));
    }

    void aServerThatIsKilledAndStartedAgainIsNoticedBothTimes()
    {
        FakeServer server;
        server.on("GET", u"/admin/v1/events"_s, events);
        Session session(to(server), u"t"_s);
        QSignalSpy changed(&session, &Session::changed);
        session.start();
        QTRY_VERIFY(session.events().isOpen());
        QCOMPARE(session.reachability().state(), State::Online);
        server.stop();
        QTRY_COMPARE(session.reachability().state(), State::Offline);
        QVERIFY(session.reachability().problem());
        changed.clear();
        server.start();
        QTRY_COMPARE(session.reachability().state(), State::Online);
        QTRY_VERIFY(session.events().isOpen());
        QVERIFY(changed.count() >= 7); // all kinds once: what is shown may be old
    }

    void aRevokedTokenIsNotTriedOnAndAnotherOneIsTaken()
    {
        FakeServer server;
        server.on("GET", u"/x"_s, Answer::json({}));
        server.setToken("old");
        Session session(to(server), u"old"_s);
        session.start();
        QTRY_COMPARE(session.reachability().state(), State::Online);
        server.setToken("new");
        session.api().get(u"/x"_s, {}, this);
        QTRY_COMPARE(session.reachability().state(), State::Unauthorized);
        const auto asked = server.asked().size();
        QCOMPARE(session.reachability().retryIn(), 0);
        QTest::qWait(300); // nothing goes out by itself
        QCOMPARE(server.asked().size(), asked);
        session.setToken(u"new"_s);
        QTRY_COMPARE(session.reachability().state(), State::Online);
    }

    void aNewTokenDoesNotWaitForTheAnswerToTheOldOne()
    {
        FakeServer server;
        server.setToken("new");
        server.setDelay(500ms);
        Session session(to(server), u"old"_s);
        session.start();
        QTRY_COMPARE(server.count("GET", u"/admin/v1"_s), 1);
        session.setToken(u"new"_s);
        QTRY_COMPARE(session.reachability().state(), State::Online);
        QCOMPARE(server.count("GET", u"/admin/v1"_s), 2);

        // Out of the very signal that says the token is refused, as the window does it for the local server.
        connect(&session.reachability(), &Reachability::changed, &session, [&] {
            if (session.reachability().state() == State::Unauthorized && session.api().token() == u"new"_s)
                session.setToken(u"newer"_s);
        });
        server.setToken("newer");
        session.reachability().retryNow();
        QTRY_COMPARE(session.api().token(), u"newer"_s);
        QTRY_COMPARE(session.reachability().state(), State::Online);
    }

    void aSlowServerIsSlowAndNotOffline()
    {
        FakeServer server;
        server.setDelay(2s);
        Session session(to(server), u"t"_s);
        QSignalSpy changed(&session.reachability(), &Reachability::changed);
        session.start();
        QTRY_VERIFY(session.reachability().isSlow());
        QVERIFY(session.reachability().state() != State::Offline);
        QTRY_COMPARE(session.reachability().state(), State::Online);
        QTRY_VERIFY(!session.reachability().isSlow());
    }

    void whatCannotBeUsedIsNotTakenForAServer_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<State>("state");
        QTest::addColumn<QString>("word");
        QTest::newRow("a web page") << 200 << QByteArray("<html>") << State::Offline << u"Quoin"_s;
        QTest::newRow("no admin API") << 404 << QByteArray("{}") << State::Offline << u"/admin/v1"_s;
        QTest::newRow("a proxy without its server") << 503 << QByteArray() << State::Offline << u"not ready"_s;
        QTest::newRow("a token without the scope") << 403 << QByteArray() << State::Unauthorized << u"scope"_s;
    }
    void whatCannotBeUsedIsNotTakenForAServer()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(State, state);
        QFETCH(QString, word);
        FakeServer server;
        server.on("GET", u"/admin/v1"_s, Answer{.status = status, .body = body, .contentType = "text/html"});
        Session session(to(server), u"t"_s);
        QSignalSpy online(&session.reachability(), &Reachability::cameOnline);
        session.start();
        QTRY_COMPARE(session.reachability().state(), state);
        QVERIFY(session.reachability().problem().sentence().contains(word));
        QCOMPARE(online.count(), 0);
        server.on("GET", u"/admin/v1"_s, Answer::json({{u"endpoints"_s, QJsonArray()}}));
        session.reachability().retryNow();
        QTRY_COMPARE(session.reachability().state(), State::Online);
    }

    void withoutAStreamOfEventsThePagesAreToldNowAndThen()
    {
        FakeServer server;
        Session session(to(server), u"t"_s);
        QSignalSpy changed(&session, &Session::changed);
        session.start();
        QTRY_COMPARE(session.reachability().state(), State::Online);
        changed.clear();
        QTRY_VERIFY(changed.count() >= 7);
        QVERIFY(changed.first().at(1).toJsonObject().isEmpty());
    }
};

QTEST_GUILESS_MAIN(SessionTest)
#include "tst_session.moc"
