// SPDX-License-Identifier: GPL-3.0-only
#include "drafts.h"
#include "queue/celery/isotime.h"
#include "queue/celery/message.h"

#include <QTest>

#include <zlib.h>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;
using namespace drafts;

class CeleryMessage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatACelerySentIsReadWhole();
    void everyHeaderIsRead();
    void whatIsToFollowIsKeptAsItsOwnText();
    void whatAWorkerWouldRunIsSound_data();
    void whatAWorkerWouldRunIsSound();
    void protocolOneIsReadAsTheSame();
    void headersOverAnOldBodyAreReadTogether();
    void argumentsKeepTheirOwnTexts();
    void theLastOfTwoEqualNamesCounts();
    void whatCannotBeIdentifiedIsInvalid_data();
    void whatCannotBeIdentifiedIsInvalid();
    void whatIsMalformedIsIdentified_data();
    void whatIsMalformedIsIdentified();
    void whatIsForeignIsToldApart_data();
    void whatIsForeignIsToldApart();
    void aBombIsNotUnpacked();
    void deepAndLongThingsAreRefusedInTime_data();
    void deepAndLongThingsAreRefusedInTime();
};

namespace {

QByteArray deflated(const QByteArray &text)
{
    uLongf size = compressBound(static_cast<uLong>(text.size()));
    QByteArray packed(static_cast<qsizetype>(size), Qt::Uninitialized);
    compress(reinterpret_cast<Bytef *>(packed.data()), &size, reinterpret_cast<const Bytef *>(text.constData()),
             static_cast<uLong>(text.size()));
    packed.truncate(static_cast<qsizetype>(size));
    return packed;
}

void row(const char *name, const QByteArray &message) { QTest::newRow(name) << message; }
void row(const char *name, const QByteArray &message, const char *reason)
{
    QTest::newRow(name) << message << QString::fromLatin1(reason);
}

} // namespace

void CeleryMessage::whatACelerySentIsReadWhole()
{
    const auto message = parseMessage(captured());
    QVERIFY2(message, qPrintable(message.error().message()));
    QCOMPARE(message->standing, Standing::Sound);
    QCOMPARE(message->raw, captured());
    QCOMPARE(message->protocol, 2);
    QCOMPARE(message->tag, QByteArray("6ec1e1d8-e534-4fb5-b18a-a5dd1430eb49"));
    QCOMPARE(message->exchange, QByteArray(""));
    QCOMPARE(message->routingKey, QByteArray("celery"));
    QCOMPARE(message->priority, 0);
    QCOMPARE(message->id, u"11111111-1111-1111-1111-111111111111"_s);
    QCOMPARE(message->task, u"app.add"_s);
    QCOMPARE(message->args, QByteArray("[2, 3]"));
    QCOMPARE(message->arguments, (QList<QByteArray>{"2", "3"}));
    QCOMPARE(message->kwargs, QByteArray("{}"));
    QVERIFY(message->keywordArguments.isEmpty());
    QVERIFY(message->callbacks.isNull() && message->errbacks.isNull() && message->chain.isNull()
            && message->chord.isNull());
    QVERIFY(!message->eta && !message->expires && !message->hardLimit && !message->softLimit);
    QCOMPARE(message->retries, 0);
    QCOMPARE(message->rootId, message->id);
    QVERIFY(message->parentId.isEmpty() && message->group.isEmpty() && !message->groupIndex);
    QCOMPARE(message->origin, u"gen13313@vm"_s);
    QCOMPARE(message->replyTo, u"6acc926d-59f3-3895-9900-68c3ec3f8f4f"_s);
    QCOMPARE(message->correlationId, message->id);
    QVERIFY(!message->ignoreResult && !message->redelivered);
    QCOMPARE(message->argsRepr, QByteArray("(2, 3)"));
    QCOMPARE(message->kwargsRepr, QByteArray("{}"));
}

void CeleryMessage::everyHeaderIsRead()
{
    QByteArray raw = captured();
    raw = with(raw, {"headers", "eta"}, "\"2026-11-23T16:30:13.368102+00:00\"");
    raw = with(raw, {"headers", "expires"}, "\"2026-11-23T18:30:13+02:00\"");
    raw = with(raw, {"headers", "timelimit"}, "[3, 1.5]");
    raw = with(raw, {"headers", "group"}, "\"g\"");
    raw = with(raw, {"headers", "group_index"}, "7");
    raw = with(raw, {"headers", "retries"}, "4");
    raw = with(raw, {"headers", "root_id"}, "\"r\"");
    raw = with(raw, {"headers", "parent_id"}, "\"p\"");
    raw = with(raw, {"headers", "shadow"}, "\"shown\"");
    raw = with(raw, {"headers", "ignore_result"}, "true");
    raw = with(raw, {"headers", "x-own"}, "{\"a\": 1.0}");
    raw = with(raw, {"properties", "priority"}, "12");
    raw = with(raw, {"properties", "delivery_info", "redelivered"}, "true");
    const auto message = parseMessage(raw);
    QVERIFY(message);
    QCOMPARE(message->standing, Standing::Sound);
    QCOMPARE(message->eta, std::optional(Q_INT64_C(1795451413368102)));
    QCOMPARE(message->expires, std::optional(Q_INT64_C(1795451413000000)));
    QCOMPARE(message->expiresText, QByteArray("2026-11-23T18:30:13+02:00"));
    QCOMPARE(message->hardLimit, std::optional(std::chrono::milliseconds(3000)));
    QCOMPARE(message->softLimit, std::optional(std::chrono::milliseconds(1500)));
    QCOMPARE(message->group, u"g"_s);
    QCOMPARE(message->groupIndex, std::optional(Q_INT64_C(7)));
    QCOMPARE(message->retries, 4);
    QCOMPARE(message->rootId, u"r"_s);
    QCOMPARE(message->parentId, u"p"_s);
    QCOMPARE(message->shadow, u"shown"_s);
    QVERIFY(message->ignoreResult && message->redelivered);
    QCOMPARE(message->priority, 12);
    QCOMPARE(json::member(message->headers, "x-own"), QByteArrayView("{\"a\": 1.0}"));
}

void CeleryMessage::whatIsToFollowIsKeptAsItsOwnText()
{
    const QByteArray body = R"([[], {}, {"callbacks": [{"task": "a","n":1.0}], "errbacks": {"task": "b"}, )"
                            R"("chain": [ ], "chord": {"task": "c", "x": 1e400}}])";
    const auto message = parseMessage(withBody(captured(), body));
    QVERIFY(message);
    QCOMPARE(message->callbacks, QByteArray(R"([{"task": "a","n":1.0}])"));
    QCOMPARE(message->errbacks, QByteArray(R"([{"task": "b"}])")); // one alone is a list of one
    QVERIFY(message->chain.isNull());
    QCOMPARE(message->chord, QByteArray(R"({"task": "c", "x": 1e400})"));
}

void CeleryMessage::whatAWorkerWouldRunIsSound_data()
{
    QTest::addColumn<QByteArray>("message");
    row("the smallest", smallest());
    for (const char *header : {"lang", "shadow", "eta", "expires", "group", "group_index", "retries", "timelimit",
                               "root_id", "parent_id", "argsrepr", "kwargsrepr", "origin", "ignore_result"}) {
        row(QByteArray("without header ").append(header).constData(), without(captured(), {"headers", header}));
        row(QByteArray("null header ").append(header).constData(), with(captured(), {"headers", header}, "null"));
    }
    for (const char *property : {"correlation_id", "reply_to", "delivery_mode", "priority"})
        row(QByteArray("without property ").append(property).constData(),
            without(captured(), {"properties", property}));
    row("without content-encoding", without(captured(), {"content-encoding"}));
    row("a plain body", with(without(captured(), {"properties", "body_encoding"}), {"body"}, "\"[[2,3],{},{}]\""));
    row("a plain body that says so",
        with(with(captured(), {"properties", "body_encoding"}, "\"utf-8\""), {"body"}, "\"[[2,3],{},{}]\""));
    row("an escaped plain body",
        with(with(captured(), {"properties", "body_encoding"}, "\"utf-8\""), {"body"}, R"("[[2,3],{},\u007b}]")"));
    row("compressed",
        with(withBody(captured(), deflated("[[2,3],{},{}]")), {"headers", "compression"}, "\"application/x-gzip\""));
    row("embed {}", withBody(captured(), "[[2,3],{},{}]"));
    row("embed null", withBody(captured(), "[[2,3],{},null]"));
    row("an id that is no UUID", with(captured(), {"headers", "id"}, "\"flaky-1\""));
    row("a number for an id", with(captured(), {"headers", "id"}, "5"));
    row("a number for a tag", with(captured(), {"properties", "delivery_tag"}, "17"));
    row("another language", with(captured(), {"headers", "lang"}, "\"cpp\""));
    row("a named exchange", with(captured(), {"properties", "delivery_info", "exchange"}, "\"ex\""));
    row("the headers of 5.5",
        with(with(with(captured(), {"headers", "replaced_task_nesting"}, "0"), {"headers", "stamped_headers"}, "null"),
             {"headers", "stamps"}, "{}"));
    row("white space in the body", withBody(captured(), " [ [2, 3] ,\n{ } , { } ] "));
    row("an escaped name", QByteArray(captured()).replace("\"task\"", "\"\\u0074ask\""));
}

void CeleryMessage::whatAWorkerWouldRunIsSound()
{
    QFETCH(QByteArray, message);
    const auto read = parseMessage(message);
    QVERIFY2(read, qPrintable(read.error().message()));
    QVERIFY2(read->standing == Standing::Sound, qPrintable(read->refusal));
    QCOMPARE(read->arguments, (QList<QByteArray>{"2", "3"}));
    QVERIFY(!read->id.isEmpty() && !read->rootId.isEmpty() && !read->argsRepr.isEmpty());
}

void CeleryMessage::protocolOneIsReadAsTheSame()
{
    const QByteArray body = R"({"task": "app.add", "id": "old", "args": [1.50, 2], "kwargs": {"a": 1}, "retries": 2, )"
                            R"("eta": "2026-11-23T16:30:13Z", "taskset": "g", "utc": true, "timelimit": [9, null], )"
                            R"("callbacks": [{"task": "b"}], "chord": {"task": "c"}, "chain": [{"task": "d"}]})";
    const auto message = parseMessage(withBody(with(captured(), {"headers"}, "{}"), body));
    QVERIFY2(message, qPrintable(message.error().message()));
    QCOMPARE(message->standing, Standing::Sound);
    QCOMPARE(message->protocol, 1);
    QCOMPARE(message->id, u"old"_s);
    QCOMPARE(message->arguments, (QList<QByteArray>{"1.50", "2"}));
    QCOMPARE(message->keywordArguments.size(), 1);
    QCOMPARE(message->retries, 2);
    QVERIFY(message->eta);
    QCOMPARE(message->group, u"g"_s);
    QCOMPARE(message->hardLimit, std::optional(std::chrono::milliseconds(9000)));
    QVERIFY(!message->callbacks.isNull() && !message->chord.isNull());
    QVERIFY(message->chain.isNull()); // the old protocol had none

    const auto least = parseMessage(withBody(without(captured(), {"headers"}), R"({"task":"a.b","id":"c"})"));
    QVERIFY(least);
    QCOMPARE(least->standing, Standing::Sound);
    QVERIFY(least->arguments.isEmpty());
    QCOMPARE(least->kwargs, QByteArray("{}"));
}

void CeleryMessage::headersOverAnOldBodyAreReadTogether()
{
    const auto message = parseMessage(
        withBody(smallest(), R"({"task":"x","id":"y","args":[2],"kwargs":{},"retries":3})"));
    QVERIFY(message);
    QCOMPARE(message->standing, Standing::Sound);
    QCOMPARE(message->task, u"app.add"_s);
    QCOMPARE(message->id, u"i"_s);
    QCOMPARE(message->arguments, (QList<QByteArray>{"2"}));
    QCOMPARE(message->retries, 3);
}

void CeleryMessage::argumentsKeepTheirOwnTexts()
{
    const QByteArray big = QByteArray(400, '9');
    const QByteArray body = "[[ 1.10, -0, 1e999," + big + R"(, {"z":1,"a":[ 2 ]}, "\u00e9\ud800" ], {"b": 1.0, "a": )"
        + big + "}, {}]";
    const auto message = parseMessage(withBody(captured(), body));
    QVERIFY(message);
    QCOMPARE(message->arguments,
             (QList<QByteArray>{"1.10", "-0", "1e999", big, R"({"z":1,"a":[ 2 ]})", R"("\u00e9\ud800")"}));
    QCOMPARE(message->keywordArguments, (QList<QPair<QString, QByteArray>>{{u"b"_s, "1.0"}, {u"a"_s, big}}));
}

void CeleryMessage::theLastOfTwoEqualNamesCounts()
{
    const auto message = parseMessage(withBody(captured(), R"([[], {"a": 1, "b": 2, "a": 3}, {}])"));
    QVERIFY(message);
    QCOMPARE(message->keywordArguments, (QList<QPair<QString, QByteArray>>{{u"a"_s, "3"}, {u"b"_s, "2"}}));
    const QByteArray twice = QByteArray(smallest()).replace("\"id\": \"i\"", "\"id\": \"i\", \"id\": \"j\"");
    QCOMPARE(parseMessage(twice)->id, u"j"_s);
}

void CeleryMessage::whatCannotBeIdentifiedIsInvalid_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QString>("reason");
    row("nothing", "", "not JSON");
    row("not JSON", "pushed by hand", "not JSON");
    row("half of it", captured().chopped(5), "not JSON");
    row("not UTF-8", "{\"a\": \"\xff\"}", "not JSON");
    row("an array", "[1, 2]", "not an object");
    row("a number", "5", "not an object");
    row("no properties", without(captured(), {"properties"}), "no properties");
    row("properties null", with(captured(), {"properties"}, "null"), "no properties");
    row("properties a list", with(captured(), {"properties"}, "[]"), "no properties");
    row("no delivery_tag", without(captured(), {"properties", "delivery_tag"}), "no delivery_tag");
    row("delivery_tag null", with(captured(), {"properties", "delivery_tag"}, "null"), "no delivery_tag");
    row("delivery_tag a list", with(captured(), {"properties", "delivery_tag"}, "[1]"), "no delivery_tag");
    row("no delivery_info", without(captured(), {"properties", "delivery_info"}), "no delivery_info");
    row("no exchange", without(captured(), {"properties", "delivery_info", "exchange"}), "exchange");
    row("no routing_key", without(captured(), {"properties", "delivery_info", "routing_key"}), "routing_key");
    row("no headers", without(captured(), {"headers"}), "no header task");
    row("headers a list", with(captured(), {"headers"}, "[]"), "headers are not an object");
    row("no task", without(captured(), {"headers", "task"}), "no header task");
    row("task null", with(captured(), {"headers", "task"}, "null"), "no header task");
    row("task a number", with(captured(), {"headers", "task"}, "5"), "names no task");
    row("task empty", with(captured(), {"headers", "task"}, "\"\""), "names no task");
    row("task with a NUL", with(captured(), {"headers", "task"}, R"("a\u0000b")"), "names no task");
    row("task half a pair", with(captured(), {"headers", "task"}, R"("a\ud800")"), "names no task");
    row("task of 256", with(captured(), {"headers", "task"}, '"' + QByteArray(256, 'a') + '"'), "names no task");
    row("no id", without(captured(), {"headers", "id"}), "no id");
    row("id null", with(captured(), {"headers", "id"}, "null"), "no id");
    row("id an object", with(captured(), {"headers", "id"}, "{}"), "no id");
    row("id with a line break", with(captured(), {"headers", "id"}, R"("a\nb")"), "no id");
    row("old, without an id", withBody(with(captured(), {"headers"}, "{}"), R"({"task":"a"})"), "no id");
    row("old, body not base64", with(with(captured(), {"headers"}, "{}"), {"body"}, "\"%%%\""), "base64");
}

void CeleryMessage::whatCannotBeIdentifiedIsInvalid()
{
    QFETCH(QByteArray, message);
    QFETCH(QString, reason);
    const auto read = parseMessage(message);
    QVERIFY(!read);
    QCOMPARE(read.error().kind(), ErrorKind::Invalid);
    QVERIFY2(read.error().message().contains(reason), qPrintable(read.error().message()));
}

void CeleryMessage::whatIsMalformedIsIdentified_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QString>("reason");
    row("no body", without(captured(), {"body"}), "no body");
    row("body null", with(captured(), {"body"}, "null"), "no body");
    row("body an array", with(captured(), {"body"}, "[[2,3],{},{}]"), "not a string");
    row("body empty", with(captured(), {"body"}, "\"\""), "not JSON");
    row("body not base64", with(captured(), {"body"}, "\"[[2,3],{},{}]\""), "not base64");
    row("base64 without saying so", without(captured(), {"properties", "body_encoding"}), "not JSON");
    row("body not JSON", withBody(captured(), "[[2,3],{},{}"), "not JSON");
    row("body with a control character", withBody(captured(), "[[\"a\nb\"],{},{}]"), "not JSON");
    row("no content-type", without(captured(), {"content-type"}), "content-type");
    row("content-type null", with(captured(), {"content-type"}, "null"), "content-type");
    row("body of two", withBody(captured(), "[[2,3],{}]"), "[args, kwargs, embed]");
    row("body of four", withBody(captured(), "[[2,3],{},{},{}]"), "[args, kwargs, embed]");
    row("body a string", withBody(captured(), "\"x\""), "[args, kwargs, embed]");
    row("args null", withBody(captured(), "[null,{},{}]"), "positional");
    row("args an object", withBody(captured(), "[{},{},{}]"), "positional");
    row("kwargs null", withBody(captured(), "[[2,3],null,{}]"), "keyword");
    row("kwargs a list", withBody(captured(), "[[2,3],[],{}]"), "keyword");
    row("embed a list", withBody(captured(), "[[2,3],{},[]]"), "third part");
    row("callbacks a string", withBody(captured(), R"([[],{},{"callbacks":"x"}])"), "callbacks");
    row("chain a number", withBody(captured(), R"([[],{},{"chain":1}])"), "chain");
    row("chord a list", withBody(captured(), R"([[],{},{"chord":[]}])"), "chord");
    row("eta a number", with(captured(), {"headers", "eta"}, "1795451730"), "eta");
    row("eta a numeric string", with(captured(), {"headers", "eta"}, "\"1795451730.5\""), "eta");
    row("eta no time", with(captured(), {"headers", "eta"}, "\"tomorrow\""), "eta");
    row("expires no time", with(captured(), {"headers", "expires"}, "\"2026-13-01T00:00:00\""), "expires");
    row("retries a string", with(captured(), {"headers", "retries"}, "\"x\""), "retries");
    row("retries negative", with(captured(), {"headers", "retries"}, "-1"), "retries");
    row("timelimit a number", with(captured(), {"headers", "timelimit"}, "3"), "timelimit");
    row("timelimit of one", with(captured(), {"headers", "timelimit"}, "[3]"), "timelimit");
    row("compressed but is not", with(captured(), {"headers", "compression"}, "\"application/x-gzip\""), "zlib stream");
    row("cut while compressed",
        with(withBody(captured(), deflated("[[2,3],{},{}]").chopped(6)), {"headers", "compression"}, "\"zlib\""),
        "zlib stream");
}

void CeleryMessage::whatIsMalformedIsIdentified()
{
    QFETCH(QByteArray, message);
    QFETCH(QString, reason);
    const auto read = parseMessage(message);
    QVERIFY2(read, qPrintable(read.error().message()));
    QCOMPARE(read->standing, Standing::Malformed);
    QVERIFY2(read->refusal.contains(reason), qPrintable(read->refusal));
    QCOMPARE(read->task, u"app.add"_s);
    QVERIFY(!read->id.isEmpty() && !read->tag.isEmpty() && !read->routingKey.isEmpty() && !read->rootId.isEmpty());
}

void CeleryMessage::whatIsForeignIsToldApart_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QString>("reason");
    row("pickle",
        with(with(captured(), {"content-type"}, "\"application/x-python-serialize\""), {"content-encoding"},
             "\"binary\""),
        "application/x-python-serialize");
    row("YAML", with(captured(), {"content-type"}, "\"application/x-yaml\""), "application/x-yaml");
    row("JSON in another encoding", with(captured(), {"content-encoding"}, "\"utf-16\""), "utf-16");
    row("bzip2", with(captured(), {"headers", "compression"}, "\"application/x-bz2\""), "application/x-bz2");
    row("zstd", with(captured(), {"headers", "compression"}, "\"application/zstd\""), "application/zstd");
    row("another body_encoding", with(captured(), {"properties", "body_encoding"}, "\"hex\""), "hex");
    row("NaN", withBody(captured(), "[[NaN],{},{}]"), "NaN");
    row("-Infinity", withBody(captured(), "[[1,-Infinity],{},{}]"), "Infinity");
    row("more arguments than anybody gives",
        withBody(captured(), "[[" + QByteArray("1,").repeated(10'000) + "1],{},{}]"), "10000");
}

void CeleryMessage::whatIsForeignIsToldApart()
{
    QFETCH(QByteArray, message);
    QFETCH(QString, reason);
    const auto read = parseMessage(message);
    QVERIFY2(read, qPrintable(read.error().message()));
    QVERIFY2(read->standing == Standing::Foreign, qPrintable(read->refusal));
    QVERIFY2(read->refusal.contains(reason), qPrintable(read->refusal));
    QCOMPARE(read->id, u"11111111-1111-1111-1111-111111111111"_s);
    QCOMPARE(read->task, u"app.add"_s);
}

void CeleryMessage::aBombIsNotUnpacked()
{
    const QByteArray bomb = deflated(QByteArray(largestMessage + 1, ' '));
    QVERIFY(bomb.size() < 100'000);
    const auto read = parseMessage(with(withBody(captured(), bomb), {"headers", "compression"}, "\"zlib\""));
    QVERIFY(read);
    QCOMPARE(read->standing, Standing::Foreign);
    QVERIFY2(read->refusal.contains(u"larger"_s), qPrintable(read->refusal));
}

void CeleryMessage::deepAndLongThingsAreRefusedInTime_data()
{
    QTest::addColumn<QByteArray>("message");
    const QByteArray open = QByteArray("[").repeated(500'000);
    row("brackets", open);
    row("braces", QByteArray("{\"a\":").repeated(500'000));
    row("a deep body", withBody(captured(), "[" + open));
    row("a deep body that closes", withBody(captured(), open + QByteArray("]").repeated(500'000)));
    row("a deep header", with(captured(), {"headers", "stamps"}, QByteArray("[").repeated(511)));
    row("a million headers",
        QByteArray(captured()).replace("\"lang\": \"py\"", QByteArray("\"a\":1,").repeated(1'000'000) + "\"b\":1"));
    row("a million names", withBody(captured(), "[[],{" + QByteArray("\"a\":1,").repeated(1'000'000) + "\"b\":1},{}]"));
    row("a million quotes", QByteArray("\"").repeated(1'000'000));
    row("a million backslashes", '"' + QByteArray("\\").repeated(1'000'000) + '"');
}

void CeleryMessage::deepAndLongThingsAreRefusedInTime()
{
    QFETCH(QByteArray, message);
    const auto read = parseMessage(message); // or the test is ended by its time limit
    QVERIFY(!read || read->standing != Standing::Sound || read->arguments.size() <= 10'000);
}

QTEST_APPLESS_MAIN(CeleryMessage)
#include "tst_celerymessage.moc"
