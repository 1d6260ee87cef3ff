// SPDX-License-Identifier: GPL-3.0-only
#include "client/api.h"
#include "client/eventstream.h"
#include "fakeserver.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using admin::Api;
using admin::EventParser;
using admin::EventStream;
using admin::FakeServer;
using admin::Problem;
using admin::ServerEvent;
using Answer = admin::FakeServer::Answer;

namespace {

const auto path = u"/admin/v1/events"_s;
const Answer open{.body = "retry: 100\n\n", .contentType = "text/event-stream", .stream = true};

QByteArray textOf(const QList<ServerEvent> &events)
{
    QByteArray text;
    for (const ServerEvent &event : events)
        text += event.name + "=" + event.data + ";";
    return text;
}

} // namespace

class EventsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eventsAreReadInWhateverPiecesTheyCome_data()
    {
        QTest::addColumn<QByteArray>("stream");
        QTest::addColumn<QByteArray>("events");
        QTest::addColumn<QByteArray>("lastId");
        QTest::newRow("one") << QByteArray("event: a\ndata: 1\n\n") << QByteArray("a=1;") << QByteArray();
        QTest::newRow("without a name") << QByteArray("data:1\n\n") << QByteArray("message=1;") << QByteArray();
        QTest::newRow("two lines") << QByteArray("data: 1\ndata: 2\n\n") << QByteArray("message=1\n2;") << QByteArray();
        QTest::newRow("CRLF") << QByteArray("id: 7\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n")
                              << QByteArray("message=1;message=2;") << QByteArray("7");
        QTest::newRow("CR") << QByteArray("event: a\rdata: 1\r\r") << QByteArray("a=1;") << QByteArray();
        QTest::newRow("comment") << QByteArray(": hello\n\ndata: 1\n\n") << QByteArray("message=1;") << QByteArray();
        QTest::newRow("mark of order") << QByteArray("\xef\xbb\xbf"
                                                     "data: 1\n\n")
                                       << QByteArray("message=1;") << QByteArray();
        QTest::newRow("cut off") << QByteArray("id: 1\ndata: 1\n\nid: 2\ndata: 2\n") << QByteArray("message=1;")
                                 << QByteArray("1");
        QTest::newRow("id alone") << QByteArray("id: 5\n\n") << QByteArray() << QByteArray("5");
    }
    void eventsAreReadInWhateverPiecesTheyCome()
    {
        QFETCH(QByteArray, stream);
        QFETCH(QByteArray, events);
        QFETCH(QByteArray, lastId);
        for (qsizetype cut = 0; cut <= stream.size(); ++cut) {
            EventParser parser;
            auto got = parser.feed(stream.left(cut));
            got += parser.feed(stream.mid(cut));
            QCOMPARE(textOf(got), events);
            QCOMPARE(parser.lastId(), lastId);
        }
    }

    void aStreamThatBreaksIsOpenedAgainAfterTheLastEvent()
    {
        FakeServer server;
        server.on("GET", path, open);
        Api api(server.url());
        EventStream stream(api);
        QSignalSpy events(&stream, &EventStream::event), closed(&stream, &EventStream::closed);
        stream.start();
        QTRY_COMPARE(server.openStreams(), 1);
        server.sendEvent("tasks", {{u"changed"_s, 1}}, "41");
        QTRY_COMPARE(events.count(), 1);
        QCOMPARE(events.first().first().toString(), u"tasks"_s);
        server.stop();
        QTRY_COMPARE(closed.count(), 1);
        QVERIFY(!stream.isOpen());
        server.start();
        QTRY_VERIFY(stream.isOpen());
        QCOMPARE(server.last("GET", path).headers.value("last-event-id"), "41");
        server.sendEvent("tasks", {{u"changed"_s, 2}}, "42");
        QTRY_COMPARE(events.count(), 2);
    }

    void aSilentStreamIsDeadAndOpenedAgain()
    {
        FakeServer server;
        server.on("GET", path, open);
        Api api(server.url());
        EventStream stream(api);
        stream.setSilence(200ms);
        stream.start();
        QTRY_VERIFY(server.count("GET", path) >= 3);
    }

    void aServerWithoutEventsIsNotAskedAgain()
    {
        FakeServer server;
        Api api(server.url());
        EventStream stream(api);
        QSignalSpy closed(&stream, &EventStream::closed);
        stream.start();
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(closed.first().first().value<Problem>().kind, Problem::Kind::NotFound);
        QVERIFY(!stream.isRunning());
    }

    void whatIsNoStreamOfEventsIsNotReadAsOne()
    {
        FakeServer server;
        server.on("GET", path, Answer{.body = "event: a\ndata: 1\n\n", .contentType = "text/html"});
        Api api(server.url());
        EventStream stream(api);
        QSignalSpy events(&stream, &EventStream::event), closed(&stream, &EventStream::closed);
        stream.start();
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(events.count(), 0);
    }
};

QTEST_GUILESS_MAIN(EventsTest)
#include "tst_events.moc"
