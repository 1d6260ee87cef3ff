// SPDX-License-Identifier: GPL-3.0-only
#include "drafts.h"
#include "queue/celery/envelope.h"
#include "queue/celery/isotime.h"
#include "queue/celery/lamport.h"
#include "queue/celery/pythonrepr.h"
#include "queue/celery/queuekey.h"

#include <QTest>
#include <QUuid>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;
using namespace drafts;

class CeleryEnvelope : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anEnvelopeHasAllThatCelerySends();
    void whatIsWrittenIsReadAsItWas();
    void whatWouldBeMalformedIsNotWritten_data();
    void whatWouldBeMalformedIsNotWritten();
    void furtherHeadersNeverReplaceOwnOnes();
    void everyEnvelopeHasATagOfItsOwn();
    void whatPythonCannotReadIsNotSentToIt_data();
    void whatPythonCannotReadIsNotSentToIt();
    void aRetryDiffersInWhatCeleryChanges();
    void aRetryOfProtocolOneIsOfTheSecond();
    void aRetryIsNotMarkedAsRedelivered();
    void redeliveryAddsTheTwoMarksAndChangesNothingElse();
    void redeliveryLeavesWhatIsNoMessage_data();
    void redeliveryLeavesWhatIsNoMessage();
    void keysFollowThePriority_data();
    void keysFollowThePriority();
    void queuesArePolledStepByStep();
    void ourPrioritiesMapToCelerys_data();
    void ourPrioritiesMapToCelerys();
    void timesAreReadInEveryForm_data();
    void timesAreReadInEveryForm();
    void whatIsNoTimeIsNone_data();
    void whatIsNoTimeIsNone();
    void timesAreWrittenToTheMicrosecond_data();
    void timesAreWrittenToTheMicrosecond();
    void valuesAreShownAsPythonShowsThem_data();
    void valuesAreShownAsPythonShowsThem();
    void whatIsShownIsCut_data();
    void whatIsShownIsCut();
    void theClockGoesOnlyForward();
};

namespace {

Outgoing addTask()
{
    Outgoing message;
    message.id = u"11111111-1111-1111-1111-111111111111"_s;
    message.task = u"app.add"_s;
    message.args = "[2, 3]";
    message.queue = "celery";
    message.origin = u"quoin@host"_s;
    return message;
}

QByteArray body(const QByteArray &envelope)
{
    return QByteArray::fromBase64(json::member(envelope, "body").toByteArray());
}

QByteArrayList names(QByteArrayView object)
{
    QByteArrayList names;
    for (json::Members member(object); member.next();)
        names += member.name().toUtf8();
    return names;
}

} // namespace

void CeleryEnvelope::anEnvelopeHasAllThatCelerySends()
{
    const auto text = envelope(addTask());
    QVERIFY2(text, qPrintable(text.error().message()));
    QCOMPARE(names(*text), names(captured()));
    const QByteArrayList later{"replaced_task_nesting", "stamped_headers", "stamps"};
    QCOMPARE(names(json::member(*text, "headers")), names(json::member(captured(), "headers")) + later);
    QCOMPARE(names(json::member(*text, "properties")), names(json::member(captured(), "properties")));
    QCOMPARE(body(*text), body(captured()));
}

void CeleryEnvelope::whatIsWrittenIsReadAsItWas()
{
    Outgoing message = addTask();
    message.args = R"([1.10, {"z": "\u00e9", "a": 12345678901234567890123}])";
    message.kwargs = R"({"b": [ ], "a": null})";
    message.callbacks = R"([{"task": "b"}])";
    message.errbacks = R"([{"task": "c"}])";
    message.chain = R"([{"task": "d"}])";
    message.chord = R"({"task": "e"})";
    message.queue = "caf\xc3\xa9";
    message.priority = 5;
    message.eta = isoTime(1795451413368102);
    message.expires = "2026-11-23T18:30:13+02:00";
    message.retries = 3;
    message.hardLimit = std::chrono::milliseconds(300'000);
    message.softLimit = std::chrono::milliseconds(1250);
    message.group = u"g"_s;
    message.groupIndex = 4;
    message.rootId = u"r"_s;
    message.parentId = u"p"_s;
    message.shadow = u"s\"\\\n"_s;
    message.replyTo = u"to"_s;
    message.correlationId = u"co"_s;
    message.ignoreResult = true;
    message.tag = "t";
    message.headers = R"({"x-own": 1.0, "stamps": {"a": 1}})";
    const auto written = publication(message);
    QVERIFY2(written, qPrintable(written.error().message()));
    QCOMPARE(written->key,
             QByteArray("caf\xc3\xa9\x06\x16"
                        "3"));
    const auto read = parseMessage(written->envelope);
    QVERIFY2(read, qPrintable(read.error().message()));
    QVERIFY2(read->standing == Standing::Sound, qPrintable(read->refusal));
    QCOMPARE(read->args, message.args);
    QCOMPARE(read->kwargs, message.kwargs);
    QCOMPARE(read->callbacks, message.callbacks);
    QCOMPARE(read->errbacks, message.errbacks);
    QCOMPARE(read->chain, message.chain);
    QCOMPARE(read->chord, message.chord);
    QCOMPARE(read->routingKey, message.queue);
    QCOMPARE(read->priority, 5);
    QCOMPARE(read->eta, std::optional(Q_INT64_C(1795451413368102)));
    QCOMPARE(read->expiresText, message.expires);
    QCOMPARE(read->retries, 3);
    QCOMPARE(read->hardLimit, message.hardLimit);
    QCOMPARE(read->softLimit, message.softLimit);
    QCOMPARE(read->group, message.group);
    QCOMPARE(read->groupIndex, message.groupIndex);
    QCOMPARE(read->rootId, message.rootId);
    QCOMPARE(read->parentId, message.parentId);
    QCOMPARE(read->shadow, message.shadow);
    QCOMPARE(read->origin, message.origin);
    QCOMPARE(read->replyTo, message.replyTo);
    QCOMPARE(read->correlationId, message.correlationId);
    QVERIFY(read->ignoreResult);
    QCOMPARE(read->tag, message.tag);
    QCOMPARE(json::member(read->headers, "x-own"), QByteArrayView("1.0"));
    QCOMPARE(json::member(read->headers, "stamps"), QByteArrayView(R"({"a": 1})"));
}

void CeleryEnvelope::whatWouldBeMalformedIsNotWritten_data()
{
    QTest::addColumn<Outgoing>("message");
    const auto row = [](const char *name, auto spoil) {
        Outgoing message = addTask();
        spoil(message);
        QTest::newRow(name) << message;
    };
    row("no name", [](Outgoing &message) { message.task.clear(); });
    row("no id", [](Outgoing &message) { message.id.clear(); });
    row("no queue", [](Outgoing &message) { message.queue.clear(); });
    row("args not JSON", [](Outgoing &message) { message.args = "[1"; });
    row("args empty", [](Outgoing &message) { message.args.clear(); });
    row("args an object", [](Outgoing &message) { message.args = "{}"; });
    row("args two arrays", [](Outgoing &message) { message.args = "[],[]"; });
    row("args NaN", [](Outgoing &message) { message.args = "[NaN]"; });
    row("kwargs null", [](Outgoing &message) { message.kwargs = "null"; });
    row("kwargs a list", [](Outgoing &message) { message.kwargs = "[]"; });
    row("callbacks an object", [](Outgoing &message) { message.callbacks = "{}"; });
    row("chord a list", [](Outgoing &message) { message.chord = "[]"; });
    row("chain not JSON", [](Outgoing &message) { message.chain = "[}"; });
    row("headers a list", [](Outgoing &message) { message.headers = "[]"; });
    row("eta no time", [](Outgoing &message) { message.eta = "soon"; });
    row("expires a number", [](Outgoing &message) { message.expires = "60"; });
    row("retries negative", [](Outgoing &message) { message.retries = -1; });
    row("nested too deep",
        [](Outgoing &message) { message.args = QByteArray("[").repeated(1024) + QByteArray("]").repeated(1024); });
    row("too large", [](Outgoing &message) { message.args = "[\"" + QByteArray(50 * 1024 * 1024, 'a') + "\"]"; });
}

void CeleryEnvelope::whatWouldBeMalformedIsNotWritten()
{
    QFETCH(Outgoing, message);
    const auto text = envelope(message);
    QVERIFY(!text);
    QCOMPARE(text.error().kind(), ErrorKind::Invalid);
    QVERIFY(text.error().message().startsWith(u"The task "_s));
}

void CeleryEnvelope::furtherHeadersNeverReplaceOwnOnes()
{
    Outgoing message = addTask();
    message.headers = R"({"id": null, "task": 5, "eta": "never", "retries": "x", "compression": "bzip2", "a\"b": 1})";
    const auto text = envelope(message);
    QVERIFY(text);
    const auto read = parseMessage(*text);
    QVERIFY(read);
    QVERIFY2(read->standing == Standing::Sound, qPrintable(read->refusal));
    QCOMPARE(read->task, message.task);
    QCOMPARE(json::member(read->headers, "a\"b"), QByteArrayView("1"));
}

void CeleryEnvelope::everyEnvelopeHasATagOfItsOwn()
{
    const auto first = parseMessage(*envelope(addTask()));
    const auto second = parseMessage(*envelope(addTask()));
    QVERIFY(first->tag != second->tag);
    QVERIFY(!QUuid::fromString(QString::fromLatin1(first->tag)).isNull());
    QCOMPARE(first->tag.size(), 36);
}

void CeleryEnvelope::whatPythonCannotReadIsNotSentToIt_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("isReadable");
    const auto row = [](const QByteArray &value, bool isReadable, const char *name = nullptr) {
        QTest::newRow(name == nullptr ? value.constData() : name) << value << isReadable;
    };
    row(R"({"__type__": "datetime", "__value__": "2026-01-02T03:04:05+00:00"})", true);
    row(R"({"__type__": "datetime", "__value__": "2026-01-02T03:04:05.000001"})", true);
    row(R"({"__type__": "datetime", "__value__": "yesterday"})", false);
    row(R"({"__type__": "datetime", "__value__": 5})", false);
    row(R"({"__type__": "date", "__value__": "2026-01-01"})", true);
    row(R"({"__type__": "date", "__value__": "2026-02-31"})", false);
    row(R"({"__type__": "time", "__value__": "01:02:00"})", true);
    row(R"({"__type__": "time", "__value__": "1 o'clock"})", false);
    row(R"({"__type__": "decimal", "__value__": "1.5"})", true);
    row(R"({"__type__": "decimal", "__value__": "one"})", false);
    row(R"({"__type__": "uuid", "__value__": {"hex": "00112233445566778899aabbccddeeff"}})", true);
    row(R"({"__type__": "uuid", "__value__": {"hex": "0011"}})", false);
    row(R"({"__type__": "bytes", "__value__": "caf\u00e9"})", true);
    row(R"({"__type__": "base64", "__value__": "AAEC"})", true);
    row(R"({"__type__": "base64", "__value__": "%"})", false);
    row(R"({"__type__": "money", "__value__": 1})", false);
    row(R"({"__value__": 1, "__type__": null})", false);
    row(R"({"\u005f_type__": "money", "__value__": 1})", false);
    row(R"({"__type__": "money", "__value__": 1, "more": 0})", true);
    row(R"({"more": 0, "__type__": "money", "__value__": 1})", true);
    row(R"({"__type__": "money"})", true);
    row(R"({"__value__": {"__value__": 1, "__type__": "money"}, "a": 0})", false);
    row(R"([[{"a": [{"__type__" : "money" , "__value__" : [1, {"b": 2}] } ]}]])", false);
    row(QByteArray(4300, '9'), true, "4300 digits");
    row(QByteArray(4301, '9'), false, "4301 digits");
    row('-' + QByteArray(4300, '9'), true, "minus and 4300 digits");
    row("0." + QByteArray(9000, '9'), true, "9000 digits behind a point");
    row(QByteArray(9000, '9') + "e1", true, "9000 digits and an exponent");
    row('"' + QByteArray(9000, '9') + '"', true, "9000 digits in a string");
    row(QByteArray("[").repeated(600) + QByteArray("]").repeated(600), true, "600 levels");
    row(QByteArray("[").repeated(700) + QByteArray("]").repeated(700), false, "700 levels in a body");
}

void CeleryEnvelope::whatPythonCannotReadIsNotSentToIt()
{
    QFETCH(QByteArray, value);
    QFETCH(bool, isReadable);
    Outgoing message = addTask();
    message.args = '[' + value + ']';
    QCOMPARE(envelope(message).has_value(), isReadable);
    message.readByPython = false;
    const auto text = envelope(message);
    QVERIFY(text);
    QCOMPARE(parseMessage(*text)->arguments, QList<QByteArray>{value});
}

void CeleryEnvelope::aRetryDiffersInWhatCeleryChanges()
{
    QByteArray raw = with(captured(), {"headers", "x-own"}, "{\"a\": 1.0}");
    raw = with(raw, {"headers", "expires"}, "\"2026-11-23T18:30:13+02:00\"");
    raw = with(raw, {"headers", "timelimit"}, "[3, null]");
    raw = with(raw, {"properties", "priority"}, "7");
    raw = with(raw, {"properties", "delivery_info", "exchange"}, "\"named\"");
    const auto first = parseMessage(raw);
    const auto retry = retryPublication(*first, "q", 1795451413368102, u"quoin@host"_s);
    QVERIFY(retry);
    QCOMPARE(retry->key, queueKey("q", 7));
    QCOMPARE(retry->id, first->id);
    const auto read = parseMessage(retry->envelope);
    QVERIFY(read);
    QVERIFY2(read->standing == Standing::Sound, qPrintable(read->refusal));
    QCOMPARE(read->id, first->id);
    QCOMPARE(read->retries, 1);
    QCOMPARE(read->eta, std::optional(Q_INT64_C(1795451413368102)));
    QCOMPARE(read->parentId, first->id);
    QVERIFY(read->tag != first->tag);
    QCOMPARE(read->exchange, QByteArray(""));
    QCOMPARE(read->routingKey, QByteArray("q"));
    QCOMPARE(json::member(json::member(retry->envelope, "properties"), "origin"), QByteArrayView("\"quoin@host\""));
    // All else stays.
    QCOMPARE(json::member(retry->envelope, "body"), json::member(raw, "body"));
    QCOMPARE(read->expiresText, first->expiresText);
    QCOMPARE(read->hardLimit, first->hardLimit);
    QCOMPARE(read->priority, 7);
    QCOMPARE(read->origin, first->origin);
    QCOMPARE(json::member(read->headers, "x-own"), QByteArrayView("{\"a\": 1.0}"));
}

void CeleryEnvelope::aRetryOfProtocolOneIsOfTheSecond()
{
    const QByteArray old = R"({"task": "app.add", "id": "old", "args": [1.50], "kwargs": {"a": 1}, "retries": 2, )"
                           R"("callbacks": [{"task": "b"}], "expires": "2030-01-01T00:00:00Z"})";
    const auto first = parseMessage(withBody(with(captured(), {"headers"}, "{}"), old));
    const auto retry = retryPublication(*first, "q", 1, u"o"_s);
    QVERIFY(retry);
    const auto read = parseMessage(retry->envelope);
    QVERIFY(read);
    QVERIFY2(read->standing == Standing::Sound, qPrintable(read->refusal));
    QCOMPARE(read->protocol, 2);
    QCOMPARE(read->id, u"old"_s);
    QCOMPARE(read->retries, 3);
    QCOMPARE(read->arguments, (QList<QByteArray>{"1.50"}));
    QCOMPARE(read->keywordArguments.size(), 1);
    QCOMPARE(read->callbacks, QByteArray(R"([{"task": "b"}])"));
    QCOMPARE(read->expiresText, QByteArray("2030-01-01T00:00:00Z"));
}

void CeleryEnvelope::aRetryIsNotMarkedAsRedelivered()
{
    const auto first = parseMessage(redeliveredEnvelope(captured()));
    QVERIFY(first->redelivered);
    const auto retry = retryPublication(*first, "q", 1, u"o"_s);
    QVERIFY(!parseMessage(retry->envelope)->redelivered);
}

void CeleryEnvelope::redeliveryAddsTheTwoMarksAndChangesNothingElse()
{
    QByteArray expected = captured();
    expected.replace("\"ignore_result\": false}", "\"ignore_result\": false, \"redelivered\": true}");
    expected.replace("\"routing_key\": \"celery\"}", "\"routing_key\": \"celery\", \"redelivered\": true}");
    QCOMPARE(redeliveredEnvelope(captured()), expected);
    QCOMPARE(redeliveredEnvelope(expected), expected); // once is enough
    QVERIFY(parseMessage(expected)->redelivered);
}

void CeleryEnvelope::redeliveryLeavesWhatIsNoMessage_data()
{
    QTest::addColumn<QByteArray>("raw");
    for (const char *raw : {"", "x", "[]", "{}", "{\"headers\": [], \"properties\": null}", "{\"properties\": {}}"})
        QTest::newRow(raw) << QByteArray(raw);
}

void CeleryEnvelope::redeliveryLeavesWhatIsNoMessage()
{
    QFETCH(QByteArray, raw);
    QCOMPARE(redeliveredEnvelope(raw), raw);
}

void CeleryEnvelope::keysFollowThePriority_data()
{
    QTest::addColumn<int>("priority");
    QTest::addColumn<QByteArray>("mark");
    const QList<QPair<int, const char *>> rows{{-1, ""}, {0, ""},  {1, ""},  {2, ""},  {3, "3"},  {4, "3"},
                                               {5, "3"}, {6, "6"}, {8, "6"}, {9, "9"}, {10, "9"}, {255, "9"}};
    for (const auto &[priority, step] : rows)
        QTest::newRow(QByteArray::number(priority).constData())
            << priority << (*step == '\0' ? QByteArray() : QByteArray("\x06\x16") + step);
}

void CeleryEnvelope::keysFollowThePriority()
{
    QFETCH(int, priority);
    QFETCH(QByteArray, mark);
    QCOMPARE(queueKey("my.queue", priority), "my.queue" + mark);
    QCOMPARE(queueOfKey("my.queue" + mark), QByteArray("my.queue"));
}

void CeleryEnvelope::queuesArePolledStepByStep()
{
    const QByteArray mark("\x06\x16");
    QCOMPARE(queueKeys(QByteArrayList{"a", "b"}),
             (QByteArrayList{"a", "b", "a" + mark + "3", "b" + mark + "3", "a" + mark + "6", "b" + mark + "6",
                             "a" + mark + "9", "b" + mark + "9"}));
    QCOMPARE(queueKeys("a").size(), 4);
    QCOMPARE(queueOfKey("a" + mark + "4"), "a" + mark + "4"); // no step: a name of its own
    QCOMPARE(queueOfKey(mark + "3"), mark + "3");
    QCOMPARE(bindingKey("celery"), QByteArray("_kombu.binding.celery"));
    QCOMPARE(bindingMember("celery", "celery"), "celery" + mark + mark + "celery");
}

void CeleryEnvelope::ourPrioritiesMapToCelerys_data()
{
    QTest::addColumn<int>("ours");
    QTest::addColumn<int>("theirs");
    const QList<QPair<int, int>> rows{{1000, 0}, {1, 0},  {0, 0},  {-1, 3},   {-3, 3},
                                      {-4, 6},   {-6, 6}, {-7, 9}, {-1000, 9}};
    for (const auto &[ours, theirs] : rows)
        QTest::newRow(QByteArray::number(ours).constData()) << ours << theirs;
}

void CeleryEnvelope::ourPrioritiesMapToCelerys()
{
    QFETCH(int, ours);
    QFETCH(int, theirs);
    QCOMPARE(wirePriority(ours), theirs);
    QCOMPARE(wirePriority(ownPriority(theirs)), theirs);
}

void CeleryEnvelope::timesAreReadInEveryForm_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("microseconds");
    const qint64 second = 1795451413;
    const QList<QPair<const char *, qint64>> rows{
        {"2026-11-23T16:30:13.368102+00:00", second * 1'000'000 + 368'102},
        {"2026-11-23T16:30:13.368102", second * 1'000'000 + 368'102},
        {"2026-11-23T16:30:13.368Z", second * 1'000'000 + 368'000},
        {"2026-11-23T16:30:13.3681029999Z", second * 1'000'000 + 368'102},
        {"2026-11-23T16:30:13Z", second * 1'000'000},
        {"2026-11-23T18:30:13+02:00", second * 1'000'000},
        {"2026-11-23T11:00:13-05:30", second * 1'000'000},
        {"2026-11-23T18:30:13+0200", second * 1'000'000},
        {"2026-11-23 16:30:13", second * 1'000'000},
        {"20261123T163013Z", second * 1'000'000},
        {"2026-11-23T16:30", (second - 13) * 1'000'000},
        {"2026-11-23", (second - 59413) * 1'000'000},
        {"1970-01-01T00:00:00+00:00", 0},
        {"1969-12-31T23:59:59.999999Z", -1},
        {"2024-02-29T00:00:00Z", Q_INT64_C(1709164800000000)},
        {"9999-12-31T23:59:59.999999Z", Q_INT64_C(253402300799999999)},
    };
    for (const auto &[text, microseconds] : rows)
        QTest::newRow(text) << QByteArray(text) << microseconds;
}

void CeleryEnvelope::timesAreReadInEveryForm()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, microseconds);
    QCOMPARE(parseIsoTime(text), std::optional(microseconds));
}

void CeleryEnvelope::whatIsNoTimeIsNone_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"",
                             "5",
                             "1795451730",
                             "1795451730.5",
                             "soon",
                             "2026",
                             "2026-11",
                             "2026-13-01",
                             "2026-02-29",
                             "2026-11-23T",
                             "2026-11-23T25:00:00",
                             "2026-11-23T16:60:00",
                             "2026-11-23T16:30:60",
                             "2026-11-23T16:30:13.",
                             "2026-11-23T16:30:13+",
                             "2026-11-23T16:30:13+25:00",
                             "2026-11-23T16:30:13Zx",
                             "2026-11-23T16:30:13 CET",
                             "0000-01-01",
                             "-2026-11-23",
                             " 2026-11-23"})
        QTest::newRow(text) << QByteArray(text);
}

void CeleryEnvelope::whatIsNoTimeIsNone()
{
    QFETCH(QByteArray, text);
    QVERIFY(!parseIsoTime(text));
}

void CeleryEnvelope::timesAreWrittenToTheMicrosecond_data()
{
    QTest::addColumn<qint64>("microseconds");
    QTest::addColumn<QByteArray>("iso");
    QTest::addColumn<QByteArray>("seconds");
    QTest::newRow("now") << Q_INT64_C(1795451413368102) << QByteArray("2026-11-23T16:30:13.368102+00:00")
                         << QByteArray("1795451413.368102");
    QTest::newRow("a whole second") << Q_INT64_C(1000000) << QByteArray("1970-01-01T00:00:01.000000+00:00")
                                    << QByteArray("1.000000");
    QTest::newRow("before 1970") << Q_INT64_C(-1) << QByteArray("1969-12-31T23:59:59.999999+00:00")
                                 << QByteArray("-0.000001");
    QTest::newRow("too late for Python") << std::numeric_limits<qint64>::max()
                                         << QByteArray("9999-12-31T23:59:59.999999+00:00")
                                         << QByteArray("9223372036854.775807");
    QTest::newRow("too early for Python")
        << std::numeric_limits<qint64>::min() << QByteArray("0001-01-01T00:00:00.000000+00:00")
        << QByteArray("-9223372036854.775808");
}

void CeleryEnvelope::timesAreWrittenToTheMicrosecond()
{
    QFETCH(qint64, microseconds);
    QFETCH(QByteArray, iso);
    QFETCH(QByteArray, seconds);
    QCOMPARE(isoTime(microseconds), iso);
    QCOMPARE(unixSeconds(microseconds), seconds);
}

void CeleryEnvelope::valuesAreShownAsPythonShowsThem_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("shown");
    const auto row = [](const char *json, const char *shown) {
        QTest::newRow(json) << QByteArray(json) << QByteArray(shown);
    };
    row("null", "None");
    row(" [ true , false ] ", "[True, False]");
    row("1.50", "1.50");
    row("[]", "[]");
    row("{}", "{}");
    row(R"({"a":null,"b":[1,{"c":"d"}]})", "{'a': None, 'b': [1, {'c': 'd'}]}");
    row(R"("it's")", "\"it's\"");
    row(R"("it's \"so\"")", "'it\\'s \"so\"'");
    row(R"("a\\b\n\r\t\u0000\u007f\u0085\u200b\ud800")", "'a\\\\b\\n\\r\\t\\x00\\x7f\\x85\\u200b\\ud800'");
    row(R"("caf\u00e9 \ud83d\ude00")", "'caf\xc3\xa9 \xf0\x9f\x98\x80'");
    row("[[[[[1]]]]]", "[[[[...]]]]");
    row(R"({"a":{"b":{"c":{"d":1}}}})", "{'a': {'b': {'c': {...}}}}");
}

void CeleryEnvelope::valuesAreShownAsPythonShowsThem()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, shown);
    QCOMPARE(pythonRepr(json), shown);
}

void CeleryEnvelope::whatIsShownIsCut_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("a string") << '"' + QByteArray(100'000, 'a') + '"';
    QTest::newRow("unprintables") << '"' + QByteArray("\\u0000").repeated(100'000) + '"';
    QTest::newRow("a number") << QByteArray(100'000, '9');
    QTest::newRow("a list") << '[' + QByteArray("1,").repeated(100'000) + "1]";
    QTest::newRow("strings") << '[' + QByteArray("\"aaaaaaaaaa\",").repeated(100'000) + "1]";
    QTest::newRow("an object") << '{' + QByteArray("\"a\":{\"b\":[1]},").repeated(100'000) + "\"b\":1}";
    QTest::newRow("a key") << "{\"" + QByteArray(100'000, 'a') + "\":[1,2]}";
}

void CeleryEnvelope::whatIsShownIsCut()
{
    QFETCH(QByteArray, json);
    for (const QByteArray &shown : {pythonRepr(json), pythonTupleRepr('[' + json + ", 1]")}) {
        QVERIFY(shown.size() >= longestRepr / 2);
        QVERIFY(shown.size() <= 6 * longestRepr);
        QVERIFY(shown.contains("..."));
    }
    QCOMPARE(pythonTupleRepr("[]"), QByteArray("()"));
    QCOMPARE(pythonTupleRepr("[ 1 ]"), QByteArray("(1,)"));
    QCOMPARE(pythonTupleRepr("[1,[]]"), QByteArray("(1, [])"));
}

void CeleryEnvelope::theClockGoesOnlyForward()
{
    Lamport clock;
    QCOMPARE(clock.next(), 1U);
    clock.hear(7);
    QCOMPARE(clock.value, 8U);
    clock.hear(3);
    QCOMPARE(clock.value, 9U);
    clock.hear(std::numeric_limits<quint64>::max()); // nobody counted that far
    QCOMPARE(clock.next(), 11U);
}

QTEST_APPLESS_MAIN(CeleryEnvelope)
#include "tst_celeryenvelope.moc"
