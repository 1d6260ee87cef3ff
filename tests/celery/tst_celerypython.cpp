// SPDX-License-Identifier: GPL-3.0-only
// The words of the wire between us and Debian's Celery and kombu, in both directions.
#include "canvasplay.h"
#include "pythonlines.h"
#include "queue/celery/controlviews.h"
#include "queue/celery/controlwords.h"
#include "queue/celery/envelope.h"
#include "queue/celery/eventwords.h"
#include "queue/celery/isotime.h"
#include "queue/celery/pythonrepr.h"
#include "queue/celery/queuekey.h"
#include "queue/celery/result.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <memory>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;

class CeleryPython : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void whatAClientPushesIsReadWhole();
    void protocolOneIsRead();
    void compressedBodiesAreRead();
    void whatAClientPushesForOthersIsToldApart_data();
    void whatAClientPushesForOthersIsToldApart();
    void whatWeWriteIsARequestForAWorker();
    void aWorkerRunsWhatWeWrite();
    void aWorkerRunsWhatWeTryAgain();
    void aRedeliveredMessageIsMarkedForAWorkerToo();
    void pythonReadsWhatWeThinkItCan_data();
    void pythonReadsWhatWeThinkItCan();
    void kombuMakesAValueOfWhatWeThinkItCan_data();
    void kombuMakesAValueOfWhatWeThinkItCan();
    void aClientGetsOurResult();
    void aClientRaisesOurFault_data();
    void aClientRaisesOurFault();
    void aClientSeesWhatIsNotFinal();
    void whatAWorkerStoredIsRead();
    void aReaderOfEventsBelievesOurs();
    void commandsOfAClientAreRead();
    void ourRepliesAreReadByAClient();
    void canvasGoesOnAcrossBothSides_data();
    void canvasGoesOnAcrossBothSides();
    void failuresGoOnAcrossBothSides_data();
    void failuresGoOnAcrossBothSides();
    void valuesAreShownAsCeleryShowsThem_data();
    void valuesAreShownAsCeleryShowsThem();
    void pythonReadsOurTimes();

private:
    QJsonObject ask(const QString &operation, QJsonObject question)
    {
        question.insert(u"op"_s, operation);
        const QJsonValue answer = m_python->ask(question);
        return answer.isObject() ? answer.toObject() : QJsonObject{{u"value"_s, answer}};
    }
    QByteArray pushed(const QString &name)
    {
        const QJsonObject answer = ask(u"publish"_s, {{u"case"_s, name}});
        return answer[u"pushed"_s][0][1].toString().toUtf8();
    }
    QJsonObject request(const QByteArray &raw) { return ask(u"request"_s, {{u"raw"_s, QString::fromUtf8(raw)}}); }
    QJsonObject read(const QString &id, const QByteArray &text)
    {
        return ask(u"result"_s, {{u"id"_s, id}, {u"text"_s, QString::fromUtf8(text)}});
    }

    std::unique_ptr<PythonLines> m_python;
};

namespace {

Outgoing addTask()
{
    Outgoing message;
    message.id = u"ours-1"_s;
    message.task = u"app.add"_s;
    message.args = "[2, 3]";
    message.queue = "celery";
    message.origin = u"quoin@host"_s;
    return message;
}

QByteArray jsonOf(const QJsonValue &value)
{
    const QByteArray text = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return text.sliced(1, text.size() - 2);
}

constexpr qint64 moment = 1795451413368102;

} // namespace

void CeleryPython::initTestCase()
{
    m_python = std::make_unique<PythonLines>(QString());
    if (!m_python->startAndWait({u"words.py"_s}))
        QSKIP(("Celery for Python is not there: " + m_python->output().right(500)).constData());
}

void CeleryPython::whatAClientPushesIsReadWhole()
{
    const auto message = parseMessage(pushed(u"everything"_s));
    QVERIFY2(message, qPrintable(message.error().message()));
    QVERIFY2(message->standing == Standing::Sound, qPrintable(message->refusal));
    QCOMPARE(message->id, u"all"_s);
    QCOMPARE(message->task, u"app.any"_s);
    QCOMPARE(message->arguments, (QList<QByteArray>{"2", "\"\\u00e9\""}));
    QCOMPARE(message->keywordArguments, (QList<QPair<QString, QByteArray>>{{u"b"_s, "[1, {\"c\": null}]"}}));
    const qint64 now = QDateTime::currentMSecsSinceEpoch() * 1000;
    QVERIFY(message->eta && *message->eta > now + 50'000'000 && *message->eta < now + 61'000'000);
    QVERIFY(message->expires && *message->expires > now + 110'000'000);
    QCOMPARE(message->priority, 4);
    QCOMPARE(message->routingKey, QByteArray("other"));
    QCOMPARE(message->hardLimit, std::optional(std::chrono::milliseconds(9000)));
    QCOMPARE(message->softLimit, std::optional(std::chrono::milliseconds(2500)));
    QVERIFY(message->callbacks.contains("app.add") && message->errbacks.contains("app.told"));
    QCOMPARE(message->shadow, u"shown"_s);
    QCOMPARE(message->retries, 2);
    QCOMPARE(message->group, u"g"_s);
    QCOMPARE(message->groupIndex, std::optional(Q_INT64_C(3)));
    QVERIFY(message->headers.contains("\"x-own\": 1"));
    QCOMPARE(message->argsRepr, QByteArray("(2, '\xc3\xa9')"));
    QVERIFY(message->origin.startsWith(u"gen"_s));
}

void CeleryPython::protocolOneIsRead()
{
    const auto message = parseMessage(pushed(u"old protocol"_s));
    QVERIFY2(message, qPrintable(message.error().message()));
    QVERIFY2(message->standing == Standing::Sound, qPrintable(message->refusal));
    QCOMPARE(message->protocol, 1);
    QCOMPARE(message->id, u"old"_s);
    QCOMPARE(message->arguments, (QList<QByteArray>{"2"}));
    QCOMPARE(message->keywordArguments, (QList<QPair<QString, QByteArray>>{{u"b"_s, "null"}}));
    QVERIFY(message->eta);
    QVERIFY(message->callbacks.contains("app.add"));
    const auto retry = retryPublication(*message, "celery", moment, u"quoin@host"_s);
    QVERIFY(retry);
    QCOMPARE(request(retry->envelope)[u"id"_s], QJsonValue(u"old"_s));
}

void CeleryPython::compressedBodiesAreRead()
{
    const auto message = parseMessage(pushed(u"compressed"_s));
    QVERIFY(message);
    QVERIFY2(message->standing == Standing::Sound, qPrintable(message->refusal));
    QCOMPARE(message->arguments, (QList<QByteArray>{"2", "3"}));
}

void CeleryPython::whatAClientPushesForOthersIsToldApart_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name : {"bzip2", "pickle", "yaml", "NaN"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void CeleryPython::whatAClientPushesForOthersIsToldApart()
{
    QFETCH(QString, name);
    const auto message = parseMessage(pushed(name));
    QVERIFY(message);
    QVERIFY2(message->standing == Standing::Foreign, qPrintable(message->refusal));
    QCOMPARE(message->task, u"app.add"_s);
    QVERIFY(!message->id.isEmpty());
}

void CeleryPython::whatWeWriteIsARequestForAWorker()
{
    Outgoing message = addTask();
    message.args = R"(["caf\u00e9", 1.5, {"z": 1, "a": [null, true]}])";
    message.kwargs = R"({"k": "v"})";
    message.callbacks = R"([{"task": "app.add", "args": [1], "kwargs": {}, "options": {}}])";
    message.chord = R"({"task": "app.total"})";
    message.eta = isoTime(moment);
    message.expires = isoTime(moment + 60'000'000);
    message.retries = 3;
    message.hardLimit = std::chrono::milliseconds(9000);
    message.softLimit = std::chrono::milliseconds(2500);
    message.group = u"g"_s;
    message.groupIndex = 4;
    message.rootId = u"root"_s;
    message.parentId = u"parent"_s;
    message.shadow = u"shown"_s;
    message.replyTo = u"to"_s;
    message.priority = 3;
    message.headers = R"({"x-own": {"deep": 1}})";
    const auto text = envelope(message);
    QVERIFY2(text, qPrintable(text.error().message()));
    const QJsonObject seen = request(*text);
    QVERIFY2(!seen.contains(u"error"_s), jsonOf(seen).constData());
    QCOMPARE(seen[u"id"_s], QJsonValue(u"ours-1"_s));
    QCOMPARE(seen[u"type"_s], QJsonValue(u"app.add"_s));
    QCOMPARE(seen[u"name"_s], QJsonValue(u"shown"_s));
    QCOMPARE(jsonOf(seen[u"args"_s]), QByteArray("[\"caf\xc3\xa9\",1.5,{\"a\":[null,true],\"z\":1}]"));
    QCOMPARE(jsonOf(seen[u"kwargs"_s]), QByteArray("{\"k\":\"v\"}"));
    QCOMPARE(seen[u"eta"_s], QJsonValue(u"2026-11-23T16:30:13.368102+00:00"_s));
    QCOMPARE(seen[u"expires"_s], QJsonValue(u"2026-11-23T16:31:13.368102+00:00"_s));
    QCOMPARE(jsonOf(seen[u"limits"_s]), QByteArray("[9,2.5]"));
    QCOMPARE(seen[u"retries"_s], QJsonValue(3));
    QCOMPARE(seen[u"group"_s], QJsonValue(u"g"_s));
    QCOMPARE(seen[u"root"_s], QJsonValue(u"root"_s));
    QCOMPARE(seen[u"parent"_s], QJsonValue(u"parent"_s));
    QCOMPARE(seen[u"reply_to"_s], QJsonValue(u"to"_s));
    QCOMPARE(seen[u"correlation_id"_s], QJsonValue(u"ours-1"_s));
    QCOMPARE(seen[u"delivery"_s][u"routing_key"_s], QJsonValue(u"celery"_s));
    QCOMPARE(seen[u"delivery"_s][u"priority"_s], QJsonValue(3));
    QCOMPARE(seen[u"headers"_s][u"x-own"_s][u"deep"_s], QJsonValue(1));
    QCOMPARE(seen[u"headers"_s][u"group_index"_s], QJsonValue(4));
    QCOMPARE(seen[u"embed"_s][u"callbacks"_s][0][u"task"_s], QJsonValue(u"app.add"_s));
    QCOMPARE(seen[u"embed"_s][u"chord"_s][u"task"_s], QJsonValue(u"app.total"_s));
    QVERIFY(seen[u"embed"_s][u"chain"_s].isNull());
    QCOMPARE(seen[u"argsrepr"_s], QJsonValue(u"('café', 1.5, {'z': 1, 'a': [None, True]})"_s));
}

void CeleryPython::aWorkerRunsWhatWeWrite()
{
    const auto text = envelope(addTask());
    const QJsonObject ran = ask(u"run"_s, {{u"raw"_s, QString::fromUtf8(*text)}});
    const auto result = parseResult(ran[u"stored"_s].toString().toUtf8());
    QVERIFY2(result, qPrintable(QString::fromUtf8(jsonOf(ran))));
    QCOMPARE(result->state, ResultState::Success);
    QCOMPARE(result->result, QByteArray("5"));
    QVERIFY(result->isFinal() && result->done > 0);
}

void CeleryPython::aWorkerRunsWhatWeTryAgain()
{
    const auto message = parseMessage(pushed(u"delay"_s));
    const auto retry = retryPublication(*message, "celery", moment, u"quoin@host"_s);
    QVERIFY(retry);
    const QJsonObject seen = request(retry->envelope);
    QCOMPARE(seen[u"id"_s], QJsonValue(message->id));
    QCOMPARE(seen[u"retries"_s], QJsonValue(1));
    QCOMPARE(seen[u"parent"_s], QJsonValue(message->id));
    QCOMPARE(seen[u"eta"_s], QJsonValue(u"2026-11-23T16:30:13.368102+00:00"_s));
    const QJsonObject ran = ask(u"run"_s, {{u"raw"_s, QString::fromUtf8(retry->envelope)}});
    QCOMPARE(parseResult(ran[u"stored"_s].toString().toUtf8())->result, QByteArray("5"));
}

void CeleryPython::aRedeliveredMessageIsMarkedForAWorkerToo()
{
    const QJsonObject seen = request(redeliveredEnvelope(pushed(u"delay"_s)));
    QCOMPARE(seen[u"delivery"_s][u"redelivered"_s], QJsonValue(true));
    QCOMPARE(seen[u"headers"_s][u"redelivered"_s], QJsonValue(true));
}

void CeleryPython::pythonReadsWhatWeThinkItCan_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("isReadable");
    QTest::newRow("4300 digits") << QByteArray(4300, '9') << true;
    QTest::newRow("4301 digits") << QByteArray(4301, '9') << false;
    QTest::newRow("many digits behind a point") << "0." + QByteArray(9000, '9') << true;
    QTest::newRow("a great exponent") << QByteArray("1e99999") << true;
    QTest::newRow("690 levels") << QByteArray("[").repeated(690) + QByteArray("]").repeated(690) << true;
    // (How deep it reads depends on its version: 3.13 goes further than 3.11. We keep to what all of them read.)
    QTest::newRow("1010 levels") << QByteArray("[").repeated(1010) + QByteArray("]").repeated(1010) << false;
    QTest::newRow("half a pair") << QByteArray("\"\\ud800\"") << true;
    QTest::newRow("NUL") << QByteArray("\"\\u0000\"") << true;
}

void CeleryPython::pythonReadsWhatWeThinkItCan()
{
    QFETCH(QByteArray, value);
    QFETCH(bool, isReadable);
    Outgoing message = addTask();
    message.args = '[' + value + ']';
    QCOMPARE(envelope(message).has_value(), isReadable);
    message.readByPython = false;
    const QJsonObject seen = request(*envelope(message));
    const bool isToldByVersion = QByteArrayView(QTest::currentDataTag()).endsWith(" levels");
    if (isReadable || !isToldByVersion)
        QCOMPARE(seen.contains(u"error"_s), !isReadable);
}

void CeleryPython::kombuMakesAValueOfWhatWeThinkItCan_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("isReadable");
    const auto row = [](const char *value, bool isReadable) {
        QTest::newRow(value) << QByteArray(value) << isReadable;
    };
    row(R"({"__type__": "datetime", "__value__": "2026-01-02T03:04:05+00:00"})", true);
    row(R"({"__type__": "datetime", "__value__": "2026-01-02T03:04:05.000001-02:30"})", true);
    row(R"({"__type__": "date", "__value__": "2026-01-01"})", true);
    row(R"({"__type__": "time", "__value__": "01:02:00.000005"})", true);
    row(R"({"__type__": "decimal", "__value__": "-1.5E+3"})", true);
    row(R"({"__type__": "uuid", "__value__": {"hex": "00112233445566778899aabbccddeeff"}})", true);
    row(R"({"__type__": "bytes", "__value__": "caf\u00e9"})", true);
    row(R"({"__type__": "base64", "__value__": "AAEC"})", true);
    row(R"({"__type__": "money", "__value__": 1, "more": 0})", true);
    row(R"({"__type__": "money"})", true);
    row(R"({"__type__": "money", "__value__": 1})", false);
    row(R"({"__type__": "datetime", "__value__": "soon"})", false);
    row(R"({"__type__": "datetime", "__value__": null})", false);
    row(R"({"__type__": "date", "__value__": "2026-02-31"})", false);
    row(R"({"__type__": "uuid", "__value__": {"hex": "0011"}})", false);
    row(R"({"__type__": "uuid", "__value__": "0011"})", false);
    row(R"({"__type__": "decimal", "__value__": "one"})", false);
    row(R"({"__value__": {"a": []}, "__type__": null})", false);
    row(R"([{"a": {"__type__": "money", "__value__": {"b": 1}}}])", false);
}

void CeleryPython::kombuMakesAValueOfWhatWeThinkItCan()
{
    QFETCH(QByteArray, value);
    QFETCH(bool, isReadable);
    Outgoing message = addTask();
    message.args = '[' + value + ']';
    QCOMPARE(envelope(message).has_value(), isReadable);
    message.readByPython = false;
    const bool isRead = !request(*envelope(message)).contains(u"error"_s);
    const bool unwraps = ask(u"unwraps"_s, {})[u"value"_s].toBool(); // kombu 5.2 takes each as it is
    QCOMPARE(isRead, isReadable || !unwraps);
}

void CeleryPython::aClientGetsOurResult()
{
    const ResultOwner owner{
        u"t"_s, u"p"_s, u"g"_s, {R"([["child", null], null])", R"([["gid", null], [[["c2", null], null]]])"}};
    const auto text = successText(owner, R"({"a": [1, null, "\u00e9"]})", moment);
    QVERIFY(text);
    const QJsonObject seen = read(u"t"_s, *text);
    QCOMPARE(seen[u"state"_s], QJsonValue(u"SUCCESS"_s));
    QCOMPARE(jsonOf(seen[u"value"_s]), QByteArray("{\"a\":[1,null,\"\xc3\xa9\"]}"));
    QVERIFY2(seen[u"done"_s].toString().startsWith(u"2026-11-23 16:30:13.368102"_s),
             qPrintable(seen[u"done"_s].toString()));
    QCOMPARE(jsonOf(seen[u"children"_s]), QByteArray("[\"child\",\"gid\"]"));
    QVERIFY(!successText(owner, R"({"__type__": "x", "__value__": 1})", moment));
    QVERIFY(!successText(owner, "not JSON", moment));
}

void CeleryPython::aClientRaisesOurFault_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("raised");
    QTest::addColumn<QString>("values");
    const ResultOwner owner{u"t"_s, {}, {}, {}};
    const auto row = [&](const char *name, const TaskFault &fault, const QString &raised, const QString &values) {
        QTest::newRow(name) << failureText(owner, fault, moment) << raised << values;
    };
    row("ours", TaskFault::failed(Error::notFound(u"no 'such' record é"_s)), u"celery.exceptions.NotFound"_s,
        u"no 'such' record é"_s);
    row("internal", TaskFault::failed(Error::internal(u"x"_s)), u"celery.exceptions.TaskFailed"_s, u"x"_s);
    row("a built-in",
        {.type = u"ValueError"_s,
         .module = u"builtins"_s,
         .message = {u"bad"_s, u"worse"_s},
         .values = {},
         .traceback = {}},
        u"builtins.ValueError"_s, u"bad|worse"_s);
    row("of C++",
        {.type = u"std::runtime_error"_s,
         .module = u"cpp"_s,
         .message = {u"bad thing"_s},
         .values = {},
         .traceback = {}},
        u"celery.exceptions.std::runtime_error"_s, u"bad thing"_s);
    row("a name that is none",
        {.type = QString(QChar(0)) + QChar(0xd800) + u"\n"_s,
         .module = {},
         .message = {u"x"_s},
         .values = {},
         .traceback = {}},
        u"celery.exceptions.___"_s, u"x"_s);
    row("no name", {.type = {}, .module = {}, .message = {}, .values = {}, .traceback = {}},
        u"celery.exceptions.TaskFailed"_s, {});
    row("unknown task", TaskFault::notRegistered(u"app.nosuch"_s), u"celery.exceptions.NotRegistered"_s,
        u"app.nosuch"_s);
    row("hard limit", TaskFault::hardLimit(3), u"billiard.exceptions.TimeLimitExceeded"_s, u"3"_s);
    row("soft limit", TaskFault::softLimit(), u"billiard.exceptions.SoftTimeLimitExceeded"_s, {});
    row("chord", TaskFault::chordFailed(u"Dependency x raised Y()"_s), u"celery.exceptions.ChordError"_s,
        u"Dependency x raised Y()"_s);
    QTest::newRow("revoked") << revokedText(owner, u"terminated"_s, moment) << u"celery.exceptions.TaskRevokedError"_s
                             << u"terminated"_s;
}

void CeleryPython::aClientRaisesOurFault()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, raised);
    QFETCH(QString, values);
    const QJsonObject seen = read(u"t"_s, text);
    const QJsonArray error = seen[u"raised"_s].toArray();
    QVERIFY2(!error.isEmpty(), jsonOf(seen).constData());
    QCOMPARE(QString(error[0].toString() + u'.' + error[1].toString()), raised);
    QStringList given;
    for (const QJsonValue &value : error[2].toArray())
        given += value.toString();
    QCOMPARE(given.join(u'|'), values);
}

void CeleryPython::aClientSeesWhatIsNotFinal()
{
    const ResultOwner owner{u"t"_s, {}, {}, {}};
    const QJsonObject started = read(u"t"_s, startedText(owner, 17, u"quoin@host"_s));
    QCOMPARE(started[u"state"_s], QJsonValue(u"STARTED"_s));
    QCOMPARE(started[u"value"_s][u"pid"_s], QJsonValue(17));
    TaskFault fault = TaskFault::failed(Error::unavailable(u"away"_s));
    fault.traceback = u"here\nand there"_s;
    const QJsonObject retry = read(u"t"_s, retryText(owner, fault));
    QCOMPARE(retry[u"state"_s], QJsonValue(u"RETRY"_s));
    QCOMPARE(retry[u"traceback"_s], QJsonValue(u"here\nand there"_s));
    QCOMPARE(retry[u"value"_s], QJsonValue(u"away"_s));
}

void CeleryPython::whatAWorkerStoredIsRead()
{
    const auto written = [this](const QString &kind) {
        return parseResult(ask(u"write"_s, {{u"kind"_s, kind}})[u"value"_s].toString().toUtf8());
    };
    const auto success = written(u"success"_s);
    QVERIFY(success);
    QCOMPARE(success->state, ResultState::Success);
    QCOMPARE(success->result, QByteArray("{\"a\": 1}"));
    QVERIFY(success->sentence().isEmpty());
    const auto failure = written(u"failure"_s);
    QCOMPARE(failure->state, ResultState::Failure);
    QCOMPARE(failure->fault.type, u"ValueError"_s);
    QCOMPARE(failure->fault.module, u"builtins"_s);
    QCOMPARE(failure->fault.traceback, u"Traceback: here"_s);
    QCOMPARE(failure->fault.repr(), QByteArray("ValueError('bad', 42)"));
    QCOMPARE(failure->sentence(), u"ValueError: bad, 42"_s);
    const auto revoked = written(u"revoked"_s);
    QCOMPARE(revoked->state, ResultState::Revoked);
    QVERIFY(revoked->isFinal());
    QCOMPARE(revoked->sentence(), u"TaskRevokedError: terminated"_s);
    const auto retry = written(u"retry"_s);
    QCOMPARE(retry->state, ResultState::Retry);
    QVERIFY(!retry->isFinal());
}

void CeleryPython::aReaderOfEventsBelievesOurs()
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch() * 1000;
    EventStamp stamp{u"quoin@host"_s, 17, 1, now};
    WorkerFacts facts;
    facts.version = u"0.1"_s;
    facts.load = {0.5, std::numeric_limits<double>::quiet_NaN(), 1e-9};
    const Broadcast beat = workerEvent(WorkerEvent::Heartbeat, stamp, facts, 3);
    QCOMPARE(beat.channel, QByteArray("/3.celeryev/worker.heartbeat"));
    QJsonObject seen = ask(u"event"_s, {{u"raw"_s, QString::fromUtf8(beat.envelope)}});
    QCOMPARE(seen[u"key"_s], QJsonValue(u"worker.heartbeat"_s));
    QCOMPARE(seen[u"workers"_s][u"quoin@host"_s], QJsonValue(true));
    const QJsonObject event = seen[u"events"_s][0].toObject();
    QCOMPARE(event[u"type"_s], QJsonValue(u"worker-heartbeat"_s));
    QCOMPARE(event[u"freq"_s], QJsonValue(2));
    QCOMPARE(qRound64(event[u"timestamp"_s].toDouble() * 1000), now / 1000);
    seen = ask(u"event"_s,
               {{u"raw"_s, QString::fromUtf8(workerEvent(WorkerEvent::Offline, stamp, facts, 0).envelope)}});
    QCOMPARE(seen[u"events"_s][0][u"type"_s], QJsonValue(u"worker-offline"_s));
    QVERIFY(seen[u"workers"_s].toObject().isEmpty());

    const auto message = parseMessage(*envelope(addTask()));
    const TaskFault fault = TaskFault::failed(Error::invalid(u"no"_s));
    const QByteArrayList events{taskReceived(stamp, *message),
                                taskStarted(stamp, u"a"_s),
                                taskSucceeded(stamp, u"b"_s, "{\"x\": [1]}", std::chrono::microseconds(1'500'000)),
                                taskFailed(stamp, u"c"_s, fault),
                                taskRetried(stamp, u"d"_s, fault),
                                taskRevoked(stamp, u"e"_s, true, 15, false),
                                taskRejected(stamp, u"f"_s, false)};
    const Broadcast all = taskEvents(events, stamp.node, 0);
    QCOMPARE(all.channel, QByteArray("/0.celeryev/task.multi"));
    seen = ask(u"event"_s, {{u"raw"_s, QString::fromUtf8(all.envelope)}});
    QVERIFY2(!seen.contains(u"error"_s), jsonOf(seen).constData());
    const QJsonObject expected{{u"ours-1"_s, u"RECEIVED"_s}, {u"a"_s, u"STARTED"_s}, {u"b"_s, u"SUCCESS"_s},
                               {u"c"_s, u"FAILURE"_s},       {u"d"_s, u"RETRY"_s},   {u"e"_s, u"REVOKED"_s},
                               {u"f"_s, u"REJECTED"_s}};
    QCOMPARE(seen[u"tasks"_s].toObject(), expected);
    QCOMPARE(seen[u"events"_s][2][u"runtime"_s], QJsonValue(1.5));
    QCOMPARE(seen[u"events"_s][2][u"result"_s], QJsonValue(u"{'x': [1]}"_s));
    QCOMPARE(seen[u"events"_s][3][u"exception"_s], QJsonValue(u"Invalid('no')"_s));
}

void CeleryPython::commandsOfAClientAreRead()
{
    const QJsonObject arguments{{u"task_id"_s, QJsonArray{u"a"_s, u"b"_s}}, {u"terminate"_s, true}, {u"n"_s, 2}};
    const QJsonObject question{
        {u"method"_s, u"revoke"_s}, {u"arguments"_s, arguments}, {u"destination"_s, QJsonArray{u"quoin@host"_s}}};
    const auto command = parseControlCommand(ask(u"command"_s, question)[u"value"_s].toString().toUtf8());
    QVERIFY2(command, qPrintable(command.error().message()));
    QCOMPARE(command->method, u"revoke"_s);
    QVERIFY(command->isFor(u"quoin@host"_s) && !command->isFor(u"quoin@hos"_s));
    QCOMPARE(command->texts(u"task_id"), (QStringList{u"a"_s, u"b"_s}));
    QVERIFY(command->flag(u"terminate"));
    QCOMPARE(command->integer(u"n"), std::optional(Q_INT64_C(2)));
    QVERIFY(command->clock > 0);
    QVERIFY(!command->wantsReply());
}

void CeleryPython::ourRepliesAreReadByAClient()
{
    ControlCommand command;
    command.ticket = u"ticket"_s;
    command.replyExchange = "reply.celery.pidbox";
    command.replyKey = "key";
    TaskView task;
    task.id = u"t"_s;
    task.name = u"app.add"_s;
    task.args = "[" + QByteArray(5000, '9') + ", 1]";
    task.started = moment;
    const ControlReply reply = controlReply(command, u"quoin@host"_s, tasksValue({task}), 7);
    QCOMPARE(reply.list, QByteArray("key.reply.celery.pidbox"));
    QCOMPARE(reply.bindings, QByteArray("_kombu.binding.reply.celery.pidbox"));
    QCOMPARE(reply.member, QByteArray("key\x06\x16\x06\x16key.reply.celery.pidbox"));
    QJsonObject seen = ask(u"payload"_s, {{u"raw"_s, QString::fromUtf8(reply.envelope)}});
    QCOMPARE(seen[u"headers"_s][u"ticket"_s], QJsonValue(u"ticket"_s));
    QCOMPARE(seen[u"headers"_s][u"clock"_s], QJsonValue(7));
    const QJsonValue shown = seen[u"body"_s][u"quoin@host"_s][0];
    QCOMPARE(shown[u"time_start"_s], QJsonValue(1795451413.368102));
    QVERIFY(shown[u"args"_s].toString().startsWith(u"(999"_s)); // as it is, Python could not read it
    const ControlReply spoilt = controlReply(command, u"quoin@host"_s, "{\"half\":", 7);
    seen = ask(u"payload"_s, {{u"raw"_s, QString::fromUtf8(spoilt.envelope)}});
    QVERIFY(seen[u"body"_s][u"quoin@host"_s][u"error"_s].isString());
}

void CeleryPython::canvasGoesOnAcrossBothSides_data()
{
    QTest::addColumn<QStringList>("runs");
    const auto row = [](const char *name, const QStringList &runs) { QTest::newRow(name) << runs; };
    row("chain", {u"ours.task(1)=1"_s, u"app.add(1,2)=3"_s, u"app.add(3,3)=6"_s});
    row("chain of ours", {u"ours.task(1)=1"_s, u"ours.task(1,2)=3"_s, u"app.add(3,4)=7"_s});
    row("callbacks",
        {u"ours.task(1)=1"_s, u"app.add(1,1)=2"_s, u"app.add(2,3)=5"_s, u"app.add(1,4)=5"_s, u"app.add(5,5)=10"_s});
    row("chain with errback",
        {u"ours.task(1)=1"_s, u"app.add(1,2)=3"_s, u"app.add(3,3)=6"_s, u"app.add(3,4)=7"_s, u"app.total([6,7])=13"_s});
    row("chain ends in a group", {u"ours.task(1)=1"_s, u"app.add(1,2)=3"_s, u"app.add(1,3)=4"_s});
    row("chain with a chord",
        {u"ours.task(1)=1"_s, u"app.add(1,2)=3"_s, u"app.add(1,3)=4"_s, u"app.total([3,4])=7"_s,
         u"app.add(7,10)=17"_s});
    row("chord of ours", {u"ours.task(1)=1"_s, u"ours.task(2)=2"_s, u"app.total([1,2])=3"_s});
    row("chord in a chord",
        {u"ours.task(1)=1"_s, u"ours.task(2)=2"_s, u"app.add(2,1)=3"_s, u"app.add([1,3],5)=?"_s,
         u"app.add([1,3],6)=?"_s});
    row("chord of chains of ours",
        {u"ours.task(1)=1"_s, u"ours.task(2)=2"_s, u"ours.task(1,3)=4"_s, u"ours.task(2,4)=6"_s,
         u"ours.task([4,6])=0"_s});
    row("map",
        {u"ours.task(1)=1"_s, u"celery.map()=[1,2]"_s, u"celery.chunks()=a group"_s, u"celery.starmap()=[3]"_s,
         u"celery.starmap()=[7]"_s});
    row("stamps", {u"ours.task(1)=1"_s, u"app.add(1,1)=2"_s});
}

void CeleryPython::canvasGoesOnAcrossBothSides()
{
    QFETCH(QStringList, runs);
    CanvasPlay play(*m_python);
    play.perform(QString::fromLatin1(QTest::currentDataTag()));
    QVERIFY2(play.trouble().isEmpty(), qPrintable(play.trouble().join(u'\n')));
    runs.sort();
    QCOMPARE(play.runs().join(u'\n'), runs.join(u'\n'));
}

void CeleryPython::failuresGoOnAcrossBothSides_data()
{
    QTest::addColumn<QStringList>("runs");
    QTest::addColumn<QStringList>("failures");
    const auto row = [](const char *name, const QStringList &runs, const QStringList &failures) {
        QTest::newRow(name) << runs << failures;
    };
    row("errbacks", {u"ours.task(1)!"_s, u"app.told(\"first\")=\"first\""_s, u"app.add(1,1)=2"_s}, {u"first"_s});
    row("chain with errback", {u"ours.task(1)!"_s, u"app.told(\"first\")=\"first\""_s}, {u"first"_s, u"total"_s});
    row("chain of ours", {u"ours.task(1)!"_s}, {u"first"_s, u"second"_s, u"third"_s});
    row("chord of ours", {u"ours.task(1)!"_s, u"ours.task(2)!"_s, u"app.told(\"body\")=\"body\""_s},
        {u"body"_s, u"first"_s, u"other"_s});
    row("chord of chains of ours", {u"ours.task(1)!"_s, u"ours.task(2)!"_s},
        {u"body"_s, u"first"_s, u"other"_s, u"second"_s, u"third"_s});
}

void CeleryPython::failuresGoOnAcrossBothSides()
{
    QFETCH(QStringList, runs);
    QFETCH(QStringList, failures);
    CanvasPlay play(*m_python);
    play.setOursFail();
    play.perform(QString::fromLatin1(QTest::currentDataTag()) + u", named"_s);
    QVERIFY2(play.trouble().isEmpty(), qPrintable(play.trouble().join(u'\n')));
    runs.sort();
    QCOMPARE(play.runs().join(u'\n'), runs.join(u'\n'));
    QCOMPARE(play.failures().join(u'\n'), failures.join(u'\n'));
}

void CeleryPython::valuesAreShownAsCeleryShowsThem_data()
{
    QTest::addColumn<QByteArray>("json");
    for (const char *json :
         {"[]", "[1]", "[1, 2.5, true, null]", "[\"text\", \"caf\u00e9\"]", "[{\"a\": {\"b\": [1, 2]}}]",
          "[[], {}, [[]]]", "[[[[[1]]]], {\"a\": {\"b\": {\"c\": {}}}}]", "[-0, 12345678901234567890]"})
        QTest::newRow(json) << QByteArray(json);
}

void CeleryPython::valuesAreShownAsCeleryShowsThem()
{
    QFETCH(QByteArray, json);
    const QJsonObject shown = ask(u"repr"_s, {{u"json"_s, QString::fromUtf8(json)}});
    const QString expected = shown[u"value"_s].toString().replace(u"(0)"_s, u"(-0)"_s).replace(u"(0,"_s, u"(-0,"_s);
    QCOMPARE(QString::fromUtf8(pythonTupleRepr(json)), expected);
}

void CeleryPython::pythonReadsOurTimes()
{
    for (const qint64 time : {moment, Q_INT64_C(0), Q_INT64_C(1000000), Q_INT64_C(4102444800000001)}) {
        const QJsonObject seen = ask(u"time"_s, {{u"text"_s, QString::fromLatin1(isoTime(time))}});
        QCOMPARE(qRound64(seen[u"value"_s].toDouble() * 1e6), time);
    }
}

QTEST_GUILESS_MAIN(CeleryPython)
#include "tst_celerypython.moc"
