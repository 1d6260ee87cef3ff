// SPDX-License-Identifier: GPL-3.0-only
// Commands, replies, results and events: what of them is malformed, and that ours never are.
#include "drafts.h"
#include "queue/celery/controlviews.h"
#include "queue/celery/controlwords.h"
#include "queue/celery/eventwords.h"
#include "queue/celery/message.h"
#include "queue/celery/result.h"
#include "json/check.h"
#include "json/text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;
using namespace drafts;

class CeleryAnswers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aCommandIsReadWhole();
    void aCommandIsForWhomItNames_data();
    void aCommandIsForWhomItNames();
    void argumentsAreTakenAsShellsSendThem();
    void whatIsNoCommandIsRefused_data();
    void whatIsNoCommandIsRefused();
    void aReplyIsNeverMalformed_data();
    void aReplyIsNeverMalformed();
    void answersHaveTheShapeThatClientsExpect();
    void whatIsNoResultIsRefused_data();
    void whatIsNoResultIsRefused();
    void resultsSayWhoseTheyAre();
    void everyEventHasWhatReadersDieWithout();
};

namespace {

QByteArray commandOf(const QByteArray &body)
{
    const QByteArray envelope
        = R"({"body": "", "content-encoding": "utf-8", "content-type": "application/json", )"
          R"("headers": {"clock": 7, "expires": 1795450263.5}, "properties": {"delivery_mode": 2, )"
          R"("delivery_info": {"exchange": "celery.pidbox", "routing_key": ""}, "priority": 0, )"
          R"("body_encoding": "base64", "delivery_tag": "t"}})";
    return withBody(envelope, body);
}

QJsonObject object(QByteArrayView json) { return QJsonDocument::fromJson(json.toByteArray()).object(); }

QJsonObject bodyOf(const QByteArray &envelope)
{
    return object(QByteArray::fromBase64(object(envelope)[u"body"_s].toString().toLatin1()));
}

} // namespace

void CeleryAnswers::aCommandIsReadWhole()
{
    const auto command = parseControlCommand(commandOf(
        R"({"method": "revoke", "arguments": {"task_id": ["a"], "n": null}, "destination": null, "pattern": null, )"
        R"("matcher": null, "ticket": "tick", "reply_to": {"exchange": "reply.celery.pidbox", "routing_key": "oid"}})"));
    QVERIFY2(command, qPrintable(command.error().message()));
    QCOMPARE(command->method, u"revoke"_s);
    QCOMPARE(command->argument(u"task_id"), QByteArray("[\"a\"]"));
    QVERIFY(command->argument(u"n").isNull() && command->argument(u"other").isNull());
    QVERIFY(!command->destination);
    QCOMPARE(command->ticket, u"tick"_s);
    QVERIFY(command->wantsReply());
    QCOMPARE(command->clock, 7U);
    QCOMPARE(command->expires, std::optional(Q_INT64_C(1795450263500000)));
    QCOMPARE(controlChannel(3), QByteArray("/3.celery.pidbox"));
    QCOMPARE(controlBindingMember(u"q@h"_s), QByteArray("\x06\x16\x06\x16q@h.celery.pidbox"));
    const auto cast = parseControlCommand(commandOf(R"({"method": "shutdown"})"));
    QVERIFY(cast && !cast->wantsReply() && cast->isFor(u"anybody"_s));
}

void CeleryAnswers::aCommandIsForWhomItNames_data()
{
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<bool>("isForUs");
    const auto row = [](const char *address, bool isForUs) {
        QTest::newRow(address) << QByteArray(address) << isForUs;
    };
    row(R"("destination": null)", true);
    row(R"("destination": [])", true);
    row(R"("destination": ["quoin@host"])", true);
    row(R"("destination": ["a", "quoin@host"])", true);
    row(R"("destination": "quoin@host")", true);
    row(R"("destination": ["quoin@hos"])", false);
    row(R"("destination": "quoin@host2")", false);
    row(R"("destination": 5)", true); // no name in it
    row(R"("pattern": "quoin@*", "matcher": "glob")", true);
    row(R"("pattern": "celery@*", "matcher": "glob")", false);
    row(R"("pattern": "quoin@h", "matcher": "pcre")", true);
    row(R"("pattern": "^h", "matcher": "pcre")", false);
    row(R"("pattern": "quoin@*", "matcher": "other")", false);
    row(R"("pattern": "celery@*")", true);
}

void CeleryAnswers::aCommandIsForWhomItNames()
{
    QFETCH(QByteArray, address);
    QFETCH(bool, isForUs);
    const auto command = parseControlCommand(commandOf("{\"method\": \"ping\", " + address + '}'));
    QVERIFY(command);
    QCOMPARE(command->isFor(u"quoin@host"_s), isForUs);
}

void CeleryAnswers::argumentsAreTakenAsShellsSendThem()
{
    const auto command = parseControlCommand(commandOf(
        R"({"method": "x", "arguments": {"n": "3", "m": 4.0, "s": 1.5, "big": 1e300, "word": "x", "flag": true, "one": 1, )"
        R"("off": false, "ids": "single", "list": ["a", 5, "b"], "n": "2"}})"));
    QVERIFY(command);
    QCOMPARE(command->integer(u"n"), std::optional(Q_INT64_C(2)));
    QCOMPARE(command->integer(u"m"), std::optional(Q_INT64_C(4)));
    QVERIFY(!command->integer(u"s") && !command->integer(u"big") && !command->integer(u"word")
            && !command->integer(u"no"));
    QCOMPARE(command->seconds(u"s"), std::optional(1.5));
    QVERIFY(!command->seconds(u"word"));
    QVERIFY(command->flag(u"flag") && command->flag(u"one") && !command->flag(u"off") && command->flag(u"no", true));
    QCOMPARE(command->texts(u"ids"), QStringList{u"single"_s});
    QCOMPARE(command->texts(u"list"), (QStringList{u"a"_s, u"b"_s}));
    QCOMPARE(command->text(u"m"), u"4.0"_s);
}

void CeleryAnswers::whatIsNoCommandIsRefused_data()
{
    QTest::addColumn<QByteArray>("raw");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("not JSON") << QByteArray("ping");
    QTest::newRow("an array") << QByteArray("[]");
    QTest::newRow("no body") << QByteArray("{}");
    QTest::newRow("no method") << commandOf("{}");
    QTest::newRow("method a number") << commandOf(R"({"method": 5})");
    QTest::newRow("body a list") << commandOf("[]");
    QTest::newRow("body not base64") << with(commandOf("{}"), {"body"}, "\"%\"");
    QTest::newRow("pickle") << with(commandOf(R"({"method": "ping"})"), {"content-type"},
                                    "\"application/x-python-serialize\"");
    QTest::newRow("five megabytes") << commandOf("{\"method\": \"" + QByteArray(5 * 1024 * 1024, 'a') + "\"}");
    QTest::newRow("deep") << commandOf(QByteArray("{\"a\":").repeated(100'000));
}

void CeleryAnswers::whatIsNoCommandIsRefused()
{
    QFETCH(QByteArray, raw);
    const auto command = parseControlCommand(raw);
    QVERIFY(!command);
    QCOMPARE(command.error().kind(), ErrorKind::Invalid);
}

void CeleryAnswers::aReplyIsNeverMalformed_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("pong") << okValue(u"pong"_s);
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("half") << QByteArray("{\"a\":");
    QTest::newRow("two") << QByteArray("1, 2");
    QTest::newRow("not UTF-8") << QByteArray("\"\xff\"");
    QTest::newRow("a wrapped value") << QByteArray(R"({"__type__": "x", "__value__": 1})");
    QTest::newRow("deep") << QByteArray("[").repeated(720) + QByteArray("]").repeated(720);
}

void CeleryAnswers::aReplyIsNeverMalformed()
{
    QFETCH(QByteArray, value);
    ControlCommand command;
    command.ticket = u"tick"_s;
    command.replyExchange = "reply.celery.pidbox";
    command.replyKey = "oid";
    const ControlReply reply = controlReply(command, u"q\"@h"_s, value, 3);
    const QJsonObject envelope = object(reply.envelope);
    QCOMPARE(envelope[u"content-type"_s].toString(), u"application/json"_s);
    QCOMPARE(envelope[u"headers"_s][u"ticket"_s].toString(), u"tick"_s);
    QVERIFY(!envelope[u"properties"_s][u"delivery_tag"_s].toString().isEmpty());
    QCOMPARE(envelope[u"properties"_s][u"delivery_info"_s][u"routing_key"_s].toString(), u"oid"_s);
    const QJsonObject answer = bodyOf(reply.envelope)[u"q\"@h"_s].toObject();
    QVERIFY(answer.contains(u"ok"_s) || answer.contains(u"error"_s));
}

void CeleryAnswers::answersHaveTheShapeThatClientsExpect()
{
    QCOMPARE(object(unknownMethodValue(u"nosuchcmd"_s))[u"error"_s].toString(), u"KeyError('nosuchcmd')"_s);
    TaskView task = TaskView::of(*parseMessage(captured()), u"q@h"_s);
    const QJsonObject shown = object(taskValue(task));
    QCOMPARE(shown[u"args"_s].toArray().size(), 2);
    QCOMPARE(shown[u"delivery_info"_s][u"routing_key"_s].toString(), u"celery"_s);
    QVERIFY(shown[u"time_start"_s].isNull() && shown[u"worker_pid"_s].isNull());
    QCOMPARE(object(taskValue(task, true))[u"args"_s].toString(), u"(2, 3)"_s);
    task.args = "[\"" + QByteArray(100'000, 'a') + "\"]"; // not to everybody who asks
    QVERIFY(taskValue(task).size() < 20'000);
    StatsView stats;
    stats.total = {{u"a\"b"_s, 2}};
    stats.resources = R"({"utime": 0.5})";
    const QJsonObject seen = object(statsValue(stats));
    QCOMPARE(seen[u"total"_s][u"a\"b"_s].toInt(), 2);
    QVERIFY(seen[u"broker"_s].isObject() && seen[u"pool"_s].isObject());
    QCOMPARE(seen[u"rusage"_s][u"utime"_s].toDouble(), 0.5);
    QCOMPARE(object(helloValue({{u"id"_s, 1'500'000}}, 9))[u"revoked"_s][u"id"_s].toDouble(), 1.5);
    QVERIFY(!json::check(queuesValue({"celery", "caf\xc3\xa9", "\xff"})));
    QVERIFY(!json::check(queryValue({{"active", task}})));
    QVERIFY(!json::check(scheduledValue({task, task})));
    QCOMPARE(namesValue({u"b"_s, u"a"_s}), QByteArray(R"(["b", "a"])"));
}

void CeleryAnswers::whatIsNoResultIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"", "x", "[]", "{}", R"({"status": 5})", R"({"status": "PROGRESS", "result": {}})",
                             R"({"status": "SUCCESS")"})
        QTest::newRow(text) << QByteArray(text);
}

void CeleryAnswers::whatIsNoResultIsRefused()
{
    QFETCH(QByteArray, text);
    const auto result = parseResult(text);
    QVERIFY(!result);
    QCOMPARE(result.error().kind(), ErrorKind::Invalid);
}

void CeleryAnswers::resultsSayWhoseTheyAre()
{
    Message message = *parseMessage(captured());
    message.parentId = u"p"_s;
    message.group = u"g"_s;
    const QJsonObject seen = object(failureText(ResultOwner::of(message), {}, 0));
    QCOMPARE(seen[u"task_id"_s].toString(), message.id);
    QCOMPARE(seen[u"parent_id"_s].toString(), u"p"_s);
    QCOMPARE(seen[u"group_id"_s].toString(), u"g"_s);
    QCOMPARE(seen[u"result"_s][u"exc_module"_s].toString(), u"quoin"_s);
    QCOMPARE(resultKey(message.id), "celery-task-meta-" + message.id.toUtf8());
    message.parentId.clear();
    QVERIFY(!object(revokedText(ResultOwner::of(message), u"revoked"_s, 0)).contains(u"parent_id"_s));
    TaskFault fault;
    fault.traceback = QString(1'000'000, u'a'); // bounded, whoever threw it
    QVERIFY(failureText(ResultOwner::of(message), fault, 0).size() < 200'000);
    fault.message = {QString(1'000'000, u'b')};
    QVERIFY(fault.repr().size() < 10'000);
}

void CeleryAnswers::everyEventHasWhatReadersDieWithout()
{
    const QString strange = u"\"\\\n"_s + QChar(0xd800) + QChar(u'\0');
    const EventStamp stamp{strange, -1, 0, std::numeric_limits<qint64>::min()};
    WorkerFacts facts;
    facts.software = strange;
    facts.load = {std::numeric_limits<double>::infinity(), -0.0, 1e300};
    for (const WorkerEvent type : {WorkerEvent::Online, WorkerEvent::Heartbeat, WorkerEvent::Offline}) {
        const Broadcast event = workerEvent(type, stamp, facts, 0);
        const QJsonObject properties = object(event.envelope)[u"properties"_s].toObject();
        QVERIFY(!properties[u"delivery_tag"_s].toString().isEmpty());
        const QString key = properties[u"delivery_info"_s][u"routing_key"_s].toString();
        QCOMPARE(event.channel, "/0.celeryev/" + key.toLatin1());
        QCOMPARE(bodyOf(event.envelope)[u"type"_s].toString(), QString(key).replace(u'.', u'-'));
        QVERIFY(!bodyOf(event.envelope).contains(u"utcoffset"_s));
    }
    TaskFault fault;
    fault.type = strange;
    fault.message = {strange};
    for (const QByteArray &event : {taskFailed(stamp, strange, fault), taskRetried(stamp, strange, fault),
                                    taskRevoked(stamp, strange, false, {}, true), taskRejected(stamp, strange, true),
                                    taskStarted(stamp, strange), taskSucceeded(stamp, strange, "\"x\"", {})}) {
        QVERIFY(!json::check(event));
        QVERIFY(object(event)[u"type"_s].toString().startsWith(u"task-"_s));
        QCOMPARE(json::unquoted(json::member(event, "uuid")), strange);
    }
}

QTEST_APPLESS_MAIN(CeleryAnswers)
#include "tst_celeryanswers.moc"
