// SPDX-License-Identifier: GPL-3.0-only
// What tst_celerypython does not show of canvas: details, limits, and what cannot be called.
#include "drafts.h"
#include "queue/celery/embed.h"
#include "queue/celery/messagetrace.h"
#include "queue/celery/queuekey.h"
#include "json/elements.h"

#include <QTest>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;
using namespace drafts;

class CeleryCanvas : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTaskWithoutFollowersPublishesNothing();
    void aCallbackGetsTheResultInFront();
    void anImmutableSignatureGetsNothing();
    void optionsBecomeTheMessage();
    void aTaskGoesWhereItsSignatureSaysElseWhereItsNameIsServed();
    void whatFollowsGoesOnWithTheTrace();
    void theNextOfAChainCarriesTheRest();
    void theSameWorkPublishesTheSameTasks();
    void aGroupPublishesAll();
    void aChordCountsItsHeaderBeforeItIsPublished();
    void anEmptyChordCallsItsBodyWithNothing();
    void aPartOfAChordSaysWhatItIs();
    void aBrokenChordFailsItsBodyAndThoseWhoWaitForIt();
    void aNestedHeaderIsRefusedForPythonToJoin();
    void errbacksGetTheIdOfWhatFailed();
    void anErrbackThatCannotBeCalledDoesNotKeepTheOthers();
    void theRestOfAFailedChainFails();
    void whatCannotBeCalledIsRefused_data();
    void whatCannotBeCalledIsRefused();
    void whatGrowsWithoutBoundIsRefusedInTime_data();
    void whatGrowsWithoutBoundIsRefusedInTime();
};

namespace {

const CanvasGround ground{1795451413368102, u"quoin@host"_s, [](const QString &task) {
                              return task.startsWith(u"py"_s) ? QByteArray("celery") : QByteArray("quoin");
                          }};

QByteArray signature(const QByteArray &task, const QByteArray &args = "[]", const QByteArray &options = "{}")
{
    return R"({"task": ")" + task + R"(", "args": )" + args + R"(, "kwargs": {}, "options": )" + options
        + R"(, "subtask_type": null, "immutable": false})";
}

QByteArray whole(const QByteArray &type, const QByteArray &tasks, const QByteArray &options = "{}")
{
    return R"({"task": "celery.)" + type + R"(", "args": [], "kwargs": {"tasks": )" + tasks + R"(}, "options": )"
        + options + R"(, "subtask_type": ")" + type + R"(", "immutable": false})";
}

QByteArray chordOf(const QByteArray &header, const QByteArray &body, const QByteArray &options = "{}")
{
    return R"({"task": "celery.chord", "args": [], "kwargs": {"kwargs": {}, "header": )" + header + R"(, "body": )"
        + body + R"(}, "options": )" + options + R"(, "subtask_type": "chord", "immutable": false})";
}

/// A task with this to do afterwards.
Message finished(const QByteArray &embed)
{
    const auto message = parseMessage(
        withBody(with(captured(), {"headers", "id"}, "\"done\""), "[[1], {}, " + embed + ']'));
    Q_ASSERT(message && message->standing == Standing::Sound);
    return *message;
}

Message called(const QByteArray &callback) { return finished(R"({"callbacks": [)" + callback + "]}"); }

QList<Message> read(const Aftermath &aftermath)
{
    QList<Message> messages;
    for (const Publication &publication : aftermath.publications)
        messages += *parseMessage(publication.envelope);
    return messages;
}

} // namespace

void CeleryCanvas::aTaskWithoutFollowersPublishesNothing()
{
    QVERIFY(afterSuccess(finished("{}"), "1", ground)->isEmpty());
    QVERIFY(afterFailure(finished("{}"), {}, ground).isEmpty());
    QVERIFY(afterRevocation(finished("{}"), u"revoked"_s).isEmpty());
}

void CeleryCanvas::aCallbackGetsTheResultInFront()
{
    const auto after = afterSuccess(called(signature("py.next", "[ 2.50 , {}]")), R"({"z": 1.0})", ground);
    QVERIFY(after);
    const Message next = read(*after).value(0);
    QCOMPARE(next.arguments, (QList<QByteArray>{R"({"z": 1.0})", "2.50", "{}"}));
    QCOMPARE(next.parentId, u"done"_s);
    QCOMPARE(next.rootId, u"11111111-1111-1111-1111-111111111111"_s);
    QCOMPARE(next.origin, u"quoin@host"_s);
    QCOMPARE(after->children, (QByteArrayList{"[[\"" + next.id.toUtf8() + "\", null], null]"}));
}

void CeleryCanvas::anImmutableSignatureGetsNothing()
{
    const QByteArray callback = signature("py.next", "[2]").replace("\"immutable\": false", "\"immutable\": true");
    QCOMPARE(read(*afterSuccess(called(callback), "1", ground)).value(0).arguments, (QList<QByteArray>{"2"}));
}

void CeleryCanvas::optionsBecomeTheMessage()
{
    const QByteArray options
        = R"({"task_id": "t", "priority": 6, "countdown": 1.5, "expires": 60, "time_limit": 9, "soft_time_limit": 0.25, )"
          R"("link": {"task": "b"}, "link_error": [{"task": "c"}], "shadow": "s", "reply_to": "r", "headers": {"x": 1.0}, )"
          R"("group_id": "g", "group_index": 3, "chord": {"task": "d"}, "ignore_result": true, "retries": 2, )"
          R"("stamped_headers": ["who"], "who": "me", "queue": "q", "serializer": "json", "exchange": ""})";
    const auto after = afterSuccess(called(signature("py.next", "[]", options)), "1", ground);
    QVERIFY2(after, qPrintable(after.error().message()));
    QCOMPARE(after->publications.value(0).key, queueKey("q", 6));
    const Message next = read(*after).value(0);
    QCOMPARE(next.id, u"t"_s);
    QCOMPARE(next.eta, std::optional(ground.now + 1'500'000));
    QCOMPARE(next.expires, std::optional(ground.now + 60'000'000));
    QCOMPARE(next.hardLimit, std::optional(std::chrono::milliseconds(9000)));
    QCOMPARE(next.softLimit, std::optional(std::chrono::milliseconds(250)));
    QCOMPARE(next.callbacks, QByteArray(R"([{"task": "b"}])"));
    QCOMPARE(next.errbacks, QByteArray(R"([{"task": "c"}])"));
    QCOMPARE(next.chord, QByteArray(R"({"task": "d"})"));
    QCOMPARE(next.shadow, u"s"_s);
    QCOMPARE(next.replyTo, u"r"_s);
    QCOMPARE(next.group, u"g"_s);
    QCOMPARE(next.groupIndex, std::optional(Q_INT64_C(3)));
    QCOMPARE(next.retries, 2);
    QVERIFY(next.ignoreResult);
    QCOMPARE(json::member(next.headers, "x"), QByteArrayView("1.0"));
    QCOMPARE(json::member(next.headers, "stamped_headers"), QByteArrayView(R"(["who"])"));
    QCOMPARE(json::member(next.headers, "stamps"), QByteArrayView(R"({"who": "me"})"));
}

void CeleryCanvas::aTaskGoesWhereItsSignatureSaysElseWhereItsNameIsServed()
{
    const QByteArray callbacks = signature("py.a") + ',' + signature("our.b") + ','
        + signature("our.c", "[]", R"({"queue": "x"})") + ',' + signature("our.d", "[]", R"({"routing_key": "y"})");
    const auto after = afterSuccess(called(callbacks), "1", ground);
    QByteArrayList keys;
    for (const Publication &publication : after->publications)
        keys += publication.key;
    QCOMPARE(keys, (QByteArrayList{"celery", "quoin", "x", "y"}));
}

void CeleryCanvas::whatFollowsGoesOnWithTheTrace()
{
    const QByteArray stale = R"({"headers": {"traceparent": "old", "tracestate": "old", "x": 1}})";
    const Message message = called(signature("py.a", "[]", stale));
    CanvasGround traced = ground;
    traced.trace = *trace::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    const auto after = afterSuccess(message, "3", traced);
    QVERIFY(after);
    const Message next = read(*after).first();
    QCOMPARE(json::member(next.headers, "traceparent"), "\"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\"");
    QCOMPARE(json::member(next.headers, "tracestate"), "\"\"");
    QCOMPARE(json::member(next.headers, "x"), "1");
    QCOMPARE(trace::spanId(*traceOf(next)), "00f067aa0ba902b7");

    const auto untraced = afterSuccess(called(signature("py.a")), "3", ground);
    QVERIFY(untraced && !traceOf(read(*untraced).first()));
}

void CeleryCanvas::theNextOfAChainCarriesTheRest()
{
    const QByteArray last = signature("py.last"), middle = signature("py.middle"), next = signature("py.next");
    const auto after = afterSuccess(finished(R"({"chain": [)" + last + ',' + middle + ',' + next + "]}"), "1", ground);
    QCOMPARE(after->publications.size(), 1);
    const Message message = read(*after).value(0);
    QCOMPARE(message.task, u"py.next"_s);
    QCOMPARE(message.chain, '[' + last + ", " + middle + ']');
}

void CeleryCanvas::theSameWorkPublishesTheSameTasks()
{
    const Message message = called(signature("py.a") + ','
                                   + whole("group", '[' + signature("py.b") + ',' + signature("py.c") + ']') + ','
                                   + chordOf('[' + signature("py.d") + ']', signature("py.e")));
    const auto first = afterSuccess(message, "1", ground), second = afterSuccess(message, "1", ground);
    QCOMPARE(first->publications.size(), 4);
    QCOMPARE(first->children, second->children);
    for (qsizetype i = 0; i < first->publications.size(); ++i) {
        QCOMPARE(first->publications[i].id, second->publications[i].id);
        QVERIFY(read(*first)[i].tag != read(*second)[i].tag);
    }
    QCOMPARE(first->chordSizes[0].key, second->chordSizes[0].key);
}

void CeleryCanvas::aGroupPublishesAll()
{
    const QByteArray inner = whole("group", '[' + signature("py.b") + ',' + signature("py.c") + ']');
    const auto after = afterSuccess(
        called(whole("group", '[' + signature("py.a") + ',' + inner + ']', R"({"queue": "q", "task_id": "gid"})")), "1",
        ground);
    QVERIFY2(after, qPrintable(after.error().message()));
    const QList<Message> messages = read(*after);
    QCOMPARE(messages.size(), 3);
    for (const Message &message : messages) {
        QCOMPARE(message.group, u"gid"_s);
        QCOMPARE(message.routingKey, QByteArray("q"));
        QCOMPARE(message.arguments, (QList<QByteArray>{"1"}));
        QVERIFY(message.chord.isNull());
    }
    QVERIFY(after->chordSizes.isEmpty());
    QVERIFY(after->children.value(0).startsWith("[[\"gid\", null], [[["));
}

void CeleryCanvas::aChordCountsItsHeaderBeforeItIsPublished()
{
    const QByteArray chained = whole("chain", '[' + signature("py.c") + ',' + signature("py.d") + ']');
    const QByteArray inner = chordOf('[' + signature("py.e") + ',' + signature("py.f") + ']', signature("py.g"));
    const QByteArray header = whole("group", '[' + signature("py.a") + ',' + chained + ',' + inner + ']',
                                    R"({"task_id": "outer"})");
    const auto after = afterSuccess(called(chordOf(header, signature("py.body", "[7]", R"({"task_id": "b"})"))), "1",
                                    ground);
    QVERIFY2(after, qPrintable(after.error().message()));
    QCOMPARE(after->chordSizes.size(), 2);
    QCOMPARE(after->chordSizes[0].key, QByteArray("celery-taskset-meta-outer.s"));
    QCOMPARE(after->chordSizes[0].size, 3);
    QCOMPARE(after->chordSizes[1].size, 2);
    const QList<Message> messages = read(*after);
    QCOMPARE(messages.size(), 4); // a, c, e and f
    QCOMPARE(messages[0].group, u"outer"_s);
    QCOMPARE(messages[0].groupIndex, std::optional(Q_INT64_C(0)));
    QVERIFY(messages[0].chord.contains("py.body"));
    QVERIFY(messages[1].chord.isNull()); // of a chain the last one is the part
    const QByteArray rest = json::elements(messages[1].chain).value(0).toByteArray();
    QCOMPARE(json::member(json::member(rest, "options"), "group_id"), QByteArrayView("\"outer\""));
    QCOMPARE(json::member(json::member(rest, "options"), "group_index"), QByteArrayView("1"));
    const QByteArrayView body = json::member(messages[2].chord, "options"); // of a chord the body is
    QCOMPARE(json::member(body, "group_id"), QByteArrayView("\"outer\""));
    QCOMPARE(json::member(body, "group_index"), QByteArrayView("2"));
}

void CeleryCanvas::anEmptyChordCallsItsBodyWithNothing()
{
    const auto after = afterSuccess(called(chordOf("[]", signature("py.body", "[7]"))), "1", ground);
    QVERIFY(after->chordSizes.isEmpty());
    QCOMPARE(read(*after).value(0).arguments, (QList<QByteArray>{"[]", "7"}));
}

void CeleryCanvas::aPartOfAChordSaysWhatItIs()
{
    Message message = finished(R"({"chord": )" + signature("py.body") + '}');
    message.group = u"g"_s;
    message.groupIndex = 4;
    const auto after = afterSuccess(message, R"({"a": 1.0})", ground);
    QCOMPARE(after->parts.size(), 1);
    QCOMPARE(after->parts[0].group, u"g"_s);
    QCOMPARE(after->parts[0].index, std::optional(Q_INT64_C(4)));
    QCOMPARE(after->parts[0].part, QByteArray(R"([1, "done", "SUCCESS", {"a": 1.0}])"));
    QCOMPARE(
        afterFailure(message, TaskFault::failed(Error::invalid(u"x"_s)), ground).parts.value(0).part,
        QByteArray(R"([1, "done", "FAILURE", {"exc_type": "Invalid", "exc_message": ["x"], "exc_module": "quoin"}])"));
    QVERIFY(afterRevocation(message, u"expired"_s)
                .parts.value(0)
                .part.startsWith(R"([1, "done", "REVOKED", {"exc_type": "TaskRevokedError")"));
    QCOMPARE(chordKey(u"g", ".j"), QByteArray("celery-taskset-meta-g.j"));

    const Aftermath body = afterChord(after->parts[0], {R"([1, "a", "SUCCESS", 1.50])", after->parts[0].part}, ground);
    QCOMPARE(read(body).value(0).arguments, (QList<QByteArray>{R"([1.50, {"a": 1.0}])"}));
    QCOMPARE(read(body).value(0).parentId, u"done"_s);
}

void CeleryCanvas::aBrokenChordFailsItsBodyAndThoseWhoWaitForIt()
{
    const QByteArray options = R"({"task_id": "body", "group_id": "outer", "group_index": 2, "chord": )"
        + signature("py.outer") + R"(, "link_error": )" + signature("py.told") + R"(, "chain": [)"
        + signature("py.rest", "[]", R"({"task_id": "rest"})") + "]}";
    const ChordPart last{u"g"_s, 0, {}, signature("py.body", "[]", options), u"t"_s, u"root"_s};
    const QByteArray failure
        = R"([1, "a", "FAILURE", {"exc_type": "KeyError", "exc_message": ["no"], "exc_module": "builtins"}])";
    const Aftermath after = afterChord(last, {R"([1, "b", "SUCCESS", 1])", failure}, ground);
    QCOMPARE(after.results.size(), 2);
    QCOMPARE(after.results[0].id, u"body"_s);
    QCOMPARE(after.results[1].id, u"rest"_s);
    const auto result = parseResult(after.results[0].text);
    QCOMPARE(result->sentence(), u"ChordError: Dependency a raised KeyError('no')"_s);
    QCOMPARE(after.parts.size(), 1);
    QCOMPARE(after.parts[0].group, u"outer"_s);
    QCOMPARE(after.parts[0].index, std::optional(Q_INT64_C(2)));
    QVERIFY(after.parts[0].part.startsWith(R"([1, "body", "FAILURE", )"));
    QCOMPARE(read(after).value(0).task, u"py.told"_s);
    QCOMPARE(read(after).value(0).arguments, (QList<QByteArray>{"\"body\""}));
}

void CeleryCanvas::aNestedHeaderIsRefusedForPythonToJoin()
{
    const ChordPart last{u"g"_s, 0, {}, signature("py.body", "[]", R"({"task_id": "body"})"), u"t"_s, {}};
    const Aftermath after = afterChord(last, {R"([1, "b", "SUCCESS", 1])"}, ground, true);
    QVERIFY(after.publications.isEmpty());
    QVERIFY(parseResult(after.results.value(0).text)->sentence().contains(u"only Python"_s));
}

void CeleryCanvas::errbacksGetTheIdOfWhatFailed()
{
    const Message message = finished(R"({"errbacks": [)" + signature("py.told", "[2]") + ',' + signature("py.too")
                                     + "]}");
    QVERIFY(afterSuccess(message, "1", ground)->publications.isEmpty());
    const QList<Message> messages = read(afterFailure(message, {}, ground));
    QCOMPARE(messages.size(), 2);
    QCOMPARE(messages[0].arguments, (QList<QByteArray>{"\"done\"", "2"}));
    QCOMPARE(messages[1].parentId, u"done"_s);
}

void CeleryCanvas::anErrbackThatCannotBeCalledDoesNotKeepTheOthers()
{
    const Message message = finished(R"({"errbacks": [{"task": 5}, )" + signature("py.told") + "]}");
    QStringList told;
    const Aftermath after = afterFailure(message, {}, ground, &told);
    QCOMPARE(after.publications.size(), 1);
    QCOMPARE(told.size(), 1);
}

void CeleryCanvas::theRestOfAFailedChainFails()
{
    const QByteArray chord = chordOf('[' + signature("py.h") + ']',
                                     signature("py.body", "[]", R"({"task_id": "body"})"));
    const QByteArray part = signature("py.last", "[]",
                                      R"({"task_id": "last", "group_id": "g", "chord": {"task": "py.x"}})");
    const Message message = finished(R"({"chain": [)" + part + ',' + chord + ',' + signature("py.idless") + "]}");
    TaskFault fault = TaskFault::failed(Error::notFound(u"no"_s));
    fault.traceback = u"here"_s;
    const Aftermath after = afterFailure(message, fault, ground);
    QStringList ids;
    for (const ResultWrite &result : after.results) {
        ids += result.id;
        const auto read = parseResult(result.text);
        QCOMPARE(read->state, ResultState::Failure);
        QCOMPARE(read->fault.type, u"NotFound"_s);
        QCOMPARE(read->fault.traceback, u"here"_s);
        QCOMPARE(json::member(result.text, "task_id"), QByteArrayView('"' + result.id.toUtf8() + '"'));
    }
    QCOMPARE(ids, (QStringList{u"last"_s, u"body"_s}));
    QCOMPARE(after.parts.size(), 1);
    QCOMPARE(after.parts[0].group, u"g"_s);
}

void CeleryCanvas::whatCannotBeCalledIsRefused_data()
{
    QTest::addColumn<QByteArray>("callback");
    const auto row = [](const char *name, const QByteArray &callback) { QTest::newRow(name) << callback; };
    const QByteArray task = signature("py.a");
    row("null", "null");
    row("a string", "\"py.a\"");
    row("no task", "{}");
    row("task a number", R"({"task": 5})");
    row("args an object", R"({"task": "a", "args": {}})");
    row("kwargs a list", R"({"task": "a", "kwargs": []})");
    row("options a list", R"({"task": "a", "options": []})");
    row("an unknown type", R"({"task": "a", "subtask_type": "abstract"})");
    row("a named exchange", signature("a", "[]", R"({"exchange": "ex", "routing_key": "r"})"));
    row("countdown no number", signature("a", "[]", R"({"countdown": "soon"})"));
    row("eta no time", signature("a", "[]", R"({"eta": "soon"})"));
    row("expires too far", signature("a", "[]", R"({"expires": 1e300})"));
    row("a limit that is none", signature("a", "[]", R"({"time_limit": "x"})"));
    row("what Python cannot read", signature("a", R"([{"__type__": "x", "__value__": 1}])"));
    row("callbacks of a wrong kind", signature("a", "[]", R"({"chord": 5})"));
    row("a chain of nothing but null", whole("chain", "[null]"));
    row("a chain without tasks", whole("chain", "null"));
    row("a group without tasks", whole("group", "{}"));
    row("a chord without a body", chordOf('[' + task + ']', "null"));
    row("a chord without a header", chordOf("null", task));
    row("a header with a group behind a chain",
        chordOf('[' + whole("chain", '[' + task + ',' + whole("group", '[' + task + ',' + task + ']') + ']') + ']',
                task));
    row("an empty chain in a header", chordOf('[' + whole("chain", "[]") + ']', task));
    row("a callback of a group",
        whole("chain", '[' + task + ',' + whole("group", '[' + task + ',' + task + ']') + ']',
              R"({"link": [{"task": "b"}]})"));
}

void CeleryCanvas::whatCannotBeCalledIsRefused()
{
    QFETCH(QByteArray, callback);
    const auto after = afterSuccess(called(callback), "1", ground);
    QVERIFY(!after);
    QCOMPARE(after.error().kind(), ErrorKind::Invalid);
    QVERIFY(!after.error().message().isEmpty());
    QStringList told;
    afterFailure(finished(R"({"errbacks": [)" + callback + "]}"), {}, ground, &told);
    QCOMPARE(told.size(), 1);
    told.clear();
    const ChordPart last{u"g"_s, 0, {}, callback, u"t"_s, {}};
    QVERIFY(afterChord(last, {R"([1, "a", "SUCCESS", 1])"}, ground, false, &told).publications.isEmpty());
}

void CeleryCanvas::whatGrowsWithoutBoundIsRefusedInTime_data()
{
    QTest::addColumn<QByteArray>("callback");
    const QByteArray task = signature("py.a");
    QByteArray chains = task, chords = task, groups = task;
    for (int i = 0; i < 30; ++i) {
        chains = whole("chain", '[' + chains + ',' + task + ']');
        chords = chordOf('[' + chords + ']', task);
        groups = whole("group", '[' + groups + ',' + task + ']');
    }
    QTest::newRow("chains in chains") << chains;
    QTest::newRow("chords in chords") << chords;
    QTest::newRow("groups in groups") << groups;
    QTest::newRow("a group of 10 001") << whole("group", '[' + (task + ',').repeated(10'000) + task + ']');
    QTest::newRow("a chain of 10 001") << whole("chain", '[' + (task + ',').repeated(10'000) + task + ']');
    const QByteArray pair = whole("group", '[' + task + ',' + task + ']');
    QTest::newRow("a chain of 200 groups") << whole("chain", '[' + (pair + ',').repeated(199) + pair + ']');
    const QByteArray large = signature("py.large", "[\"" + QByteArray(1'000'000, 'a') + "\"]");
    QTest::newRow("a large body for each of many") << chordOf('[' + (task + ',').repeated(999) + task + ']', large);
}

void CeleryCanvas::whatGrowsWithoutBoundIsRefusedInTime()
{
    QFETCH(QByteArray, callback);
    QVERIFY(!afterSuccess(called(callback), "1", ground)); // or the test is ended by its time limit
}

QTEST_APPLESS_MAIN(CeleryCanvas)
#include "tst_celerycanvas.moc"
