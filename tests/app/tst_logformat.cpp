// SPDX-License-Identifier: GPL-3.0-only
#include "log/logformat.h"
#include "log/requestline.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::server;

class LogFormatTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void timeIsRfc3339InUtc();
    void aLineAsText();
    void aLineInColour();
    void aLineAsJson();
    void factsBecomeFields_data();
    void factsBecomeFields();
    void aMessageCannotForgeALine_data();
    void aMessageCannotForgeALine();
    void jsonSurvivesAnyText_data();
    void jsonSurvivesAnyText();
    void aRequestAsText();
    void aRequestAsJson();
    void aRequestTellsItsTrace();
    void aRequestCannotForgeFacts();
    void aRequestThatCouldNotBeReadHasNoMethod();
};

namespace {

const auto moment = std::chrono::sys_days(std::chrono::year(2026) / 11 / 3) + std::chrono::hours(7)
    + std::chrono::milliseconds(61'005);

QByteArray formatted(const QString &message, LogFormat format, QtMsgType type = QtWarningMsg)
{
    QByteArray out;
    appendLine(out, {moment, type, "quoin.queue", message}, format);
    return out;
}

QJsonObject json(const QByteArray &line) { return QJsonDocument::fromJson(line).object(); }

quoin::http::AccessRecord record()
{
    return {.method = "GET",
            .path = "/record/1",
            .pattern = u"/record/{id}",
            .status = 200,
            .bytes = 17,
            .microseconds = 412,
            .requestId = "abc",
            .peer = "127.0.0.1"};
}

QByteArray formatted(const quoin::http::AccessRecord &record, LogFormat format)
{
    QByteArray out;
    appendRequest(out, RequestLine(record), format);
    return out;
}

} // namespace

void LogFormatTest::timeIsRfc3339InUtc() { QCOMPARE(logTime(moment), "2026-11-03T07:01:01.005Z"); }

void LogFormatTest::aLineAsText()
{
    QCOMPARE(formatted(u"task failed kind=sip.verify id=7 error=\"no space\""_s, LogFormat::Text),
             "2026-11-03T07:01:01.005Z warning  quoin.queue: task failed kind=sip.verify id=7 error=\"no space\"\n");
}

void LogFormatTest::aLineInColour()
{
    QCOMPARE(formatted(u"gone"_s, LogFormat::ColouredText, QtCriticalMsg),
             "2026-11-03T07:01:01.005Z \x1b[1;31mcritical\x1b[0m quoin.queue: gone\n");
}

void LogFormatTest::aLineAsJson()
{
    QCOMPARE(formatted(u"task failed kind=sip.verify id=7 error=\"no space\""_s, LogFormat::Json),
             R"({"time":"2026-11-03T07:01:01.005Z","level":"warning","category":"quoin.queue","message":"task failed",)"
             R"("kind":"sip.verify","id":7,"error":"no space"})"
             "\n");
}

void LogFormatTest::factsBecomeFields_data()
{
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("event");
    QTest::addColumn<QStringList>("facts"); // name=value, name:number
    QTest::newRow("none") << u"started"_s << u"started"_s << QStringList{};
    QTest::newRow("one") << u"started plugins=3"_s << u"started"_s << QStringList{u"plugins:3"_s};
    QTest::newRow("quotes within") << u"failed error=\"a \\\"b\\\" \\\\c\""_s << u"failed"_s
                                   << QStringList{u"error=a \"b\" \\c"_s};
    QTest::newRow("a quoted number is a text") << u"x id=\"7\""_s << u"x"_s << QStringList{u"id=7"_s};
    QTest::newRow("leading zeros are a text") << u"x id=007"_s << u"x"_s << QStringList{u"id=007"_s};
    QTest::newRow("negative") << u"x id=-7"_s << u"x"_s << QStringList{u"id:-7"_s};
    QTest::newRow("empty") << u"x id= y=\"\""_s << u"x"_s << QStringList{u"id="_s, u"y="_s};
    QTest::newRow("an equals sign in a value") << u"x url=a=b"_s << u"x"_s << QStringList{u"url=a=b"_s};
    QTest::newRow("no name") << u"a == b =c"_s << u"a == b =c"_s << QStringList{};
    QTest::newRow("a fact in the middle")
        << u"opened file=x at once"_s << u"opened at once"_s << QStringList{u"file=x"_s};
    QTest::newRow("a name of ours stays text") << u"x level=low time=1"_s << u"x level=low time=1"_s << QStringList{};
    QTest::newRow("twice") << u"x a=1 a=2"_s << u"x a=2"_s << QStringList{u"a:1"_s};
    QTest::newRow("an open quote") << u"x a=\"b"_s << u"x a=\"b"_s << QStringList{};
}

void LogFormatTest::factsBecomeFields()
{
    QFETCH(const QString, message);
    QFETCH(const QString, event);
    QFETCH(const QStringList, facts);
    const LogEvent taken = takeApart(message);
    QStringList written;
    for (const auto &fact : taken.facts)
        written.append(fact.name + (fact.isNumber ? u':' : u'=') + fact.value);
    QCOMPARE(taken.event, event);
    QCOMPARE(written, facts);
}

void LogFormatTest::aMessageCannotForgeALine_data()
{
    QTest::addColumn<QString>("message");
    QTest::addColumn<QByteArray>("written");
    QTest::newRow("line break") << u"a\nb"_s << QByteArray("a\\nb");
    QTest::newRow("carriage return") << u"a\rb"_s << QByteArray("a\\x0db");
    QTest::newRow("escape sequence") << u"a\x1b[2Jb"_s << QByteArray("a\\x1b[2Jb");
    QTest::newRow("C1 control") << u"a\u009b2Jb"_s << QByteArray("a\\x9b2Jb");
    QTest::newRow("line separator") << u"a\u2028b"_s << QByteArray("a\\u2028b");
    QTest::newRow("right-to-left override") << u"a\u202eb"_s << QByteArray("a\\u202eb");
    QTest::newRow("letters") << u"\u00fcber"_s
                             << QByteArray("\xc3\xbc"
                                           "ber");
}

void LogFormatTest::aMessageCannotForgeALine()
{
    QFETCH(const QString, message);
    QFETCH(const QByteArray, written);
    QCOMPARE(formatted(message, LogFormat::Text), "2026-11-03T07:01:01.005Z warning  quoin.queue: " + written + "\n");
}

void LogFormatTest::jsonSurvivesAnyText_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("line break") << u"a\nb"_s;
    QTest::newRow("quotes and backslashes") << u"\"\\\""_s;
    QTest::newRow("controls") << u"\x01\x1f\x7f"_s;
    QTest::newRow("beyond the plane") << u"\U0001F600"_s;
}

void LogFormatTest::jsonSurvivesAnyText()
{
    QFETCH(const QString, text);
    const QByteArray line = formatted(text, LogFormat::Json);
    QCOMPARE(line.count('\n'), 1);
    QCOMPARE(json(line)[u"message"].toString(), text);
}

void LogFormatTest::aRequestAsText()
{
    const QByteArray line = formatted(record(), LogFormat::Text);
    QCOMPARE(line.mid(25),
             "info     quoin.http.request: request method=GET path=\"/record/1\" status=200 bytes=17 ms=0.412 id=abc "
             "route=/record/{id} peer=127.0.0.1\n");
}

void LogFormatTest::aRequestAsJson()
{
    QJsonObject line = json(formatted(record(), LogFormat::Json));
    QVERIFY(!line.take(u"time"_s).toString().isEmpty());
    QCOMPARE(
        QJsonDocument(line).toJson(QJsonDocument::Compact),
        R"({"bytes":17,"category":"quoin.http.request","id":"abc","level":"info","message":"request","method":"GET","ms":0.412,)"
        R"("path":"/record/1","peer":"127.0.0.1","route":"/record/{id}","status":200})");
}

void LogFormatTest::aRequestTellsItsTrace()
{
    const auto context = quoin::trace::parse("00-00f92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    auto traced = record();
    traced.trace = &*context;
    const QByteArray text = formatted(traced, LogFormat::Text);
    QVERIFY2(text.contains(" id=abc trace=00f92f3577b34da6a3ce929d0e0e4736 span=00f067aa0ba902b7 route="), text);
    const QJsonObject line = json(formatted(traced, LogFormat::Json));
    QCOMPARE(line["trace"_L1], u"00f92f3577b34da6a3ce929d0e0e4736"_s);
    QCOMPARE(line["span"_L1], u"00f067aa0ba902b7"_s);
}

void LogFormatTest::aRequestCannotForgeFacts()
{
    auto forged = record();
    forged.path = "/\" status=500 x=\"\n\xff";
    const QByteArray text = formatted(forged, LogFormat::Text);
    QVERIFY2(text.contains("path=\"/\\\" status=500 x=\\\"\\n\xef\xbf\xbd\" status=200"), text);
    QCOMPARE(text.count('\n'), 1);
    const QByteArray line = formatted(forged, LogFormat::Json);
    QCOMPARE(line.count('\n'), 1);
    QCOMPARE(json(line)[u"path"].toString(), u"/\" status=500 x=\"\n\ufffd"_s);
    QCOMPARE(json(line)[u"status"].toInt(), 200);
}

void LogFormatTest::aRequestThatCouldNotBeReadHasNoMethod()
{
    quoin::http::AccessRecord unread;
    unread.status = 400;
    unread.requestId = "abc";
    unread.peer = "127.0.0.1";
    unread.isComplete = false;
    QCOMPARE(formatted(unread, LogFormat::Text).mid(25),
             "info     quoin.http.request: request status=400 bytes=0 ms=0.000 id=abc peer=127.0.0.1 cut=true\n");
    QVERIFY(!json(formatted(unread, LogFormat::Json)).contains(u"method"_s));
    QCOMPARE(json(formatted(unread, LogFormat::Json))[u"cut"].toBool(), true);
}

QTEST_GUILESS_MAIN(LogFormatTest)
#include "tst_logformat.moc"
