// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/attempttimeline.h"
#include "tasks/rawjson.h"
#include "tasks/taskadvice.h"
#include "tasks/taskstate.h"

#include <QJsonArray>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace admin;

class TaskTextsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aMemberIsFoundByteForByte_data()
    {
        QTest::addColumn<QByteArray>("object");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("more digits than a double has")
            << QByteArray("{\"a\":[1], \"arguments\" : 12345678901234567890.0100}")
            << QByteArray("12345678901234567890.0100");
        QTest::newRow("brackets in strings")
            << QByteArray("{\"a\":\"}]\\\"\",\"arguments\":[\"]\",\"\\\\\"]}") << QByteArray("[\"]\",\"\\\\\"]");
        QTest::newRow("nested") << QByteArray("{\"b\":{\"arguments\":1},\"arguments\":{\"x\":[{}]}}")
                                << QByteArray("{\"x\":[{}]}");
        QTest::newRow("absent") << QByteArray("{\"b\":1}") << QByteArray();
        QTest::newRow("empty") << QByteArray("{}") << QByteArray();
        QTest::newRow("not an object") << QByteArray("[1]") << QByteArray();
        QTest::newRow("cut off") << QByteArray("{\"arguments\":[\"a") << QByteArray();
        QTest::newRow("nothing") << QByteArray() << QByteArray();
    }
    void aMemberIsFoundByteForByte()
    {
        QFETCH(QByteArray, object);
        QFETCH(QByteArray, value);
        QCOMPARE(rawMember(object, "arguments"), value);
    }

    void prettyTextKeepsEveryDigit_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("pretty");
        QTest::newRow("short list") << QByteArray("[17,1e400,0.10]") << u"[17, 1e400, 0.10]"_s;
        QTest::newRow("short object") << QByteArray("{\"a\":1,\"b\":\"x,y\"}") << u"{ \"a\": 1, \"b\": \"x,y\" }"_s;
        QTest::newRow("nested") << QByteArray("[1,{\"a\":[12345678901234567890]}]")
                                << u"[\n  1,\n  {\n    \"a\": [12345678901234567890]\n  }\n]"_s;
        QTest::newRow("empty ones") << QByteArray("[[],{}]") << u"[\n  [],\n  {}\n]"_s;
        QTest::newRow("a word") << QByteArray("null") << u"null"_s;
        QTest::newRow("not JSON stays") << QByteArray("[1,") << u"[1,"_s;
        QTest::newRow("too much stays") << QByteArray("[1] [2]") << u"[1] [2]"_s;
        QTest::newRow("nothing") << QByteArray() << QString();
    }
    void prettyTextKeepsEveryDigit()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, pretty);
        QCOMPARE(prettyJson(json), pretty);
    }

    void deepNestingIsShownAsItIs()
    {
        const QByteArray deep = QByteArray(100'000, '[') + QByteArray(100'000, ']');
        QCOMPARE(prettyJson(deep), QString::fromUtf8(deep));
    }

    void everyStateSaysWhatToDo()
    {
        for (const QString &state : taskStates()) {
            const Advice advice = adviceOn({{u"state"_s, state}, {u"attempt"_s, 2}, {u"attempts"_s, 2}});
            QVERIFY2(!advice.title.isEmpty() && !advice.sentence.isEmpty(), qPrintable(state));
        }
        QVERIFY(adviceOn({{u"state"_s, u"dead"_s}, {u"attempt"_s, 5}}).sentence.contains(u"All 5 attempts"_s));
    }

    void whatCanBeDoneFollowsTheState()
    {
        QVERIFY(isPossible(TaskVerb::Retry, u"dead"_s));
        QVERIFY(isPossible(TaskVerb::Retry, u"cancelled"_s));
        QVERIFY(!isPossible(TaskVerb::Retry, u"done"_s));
        const QJsonObject putOff{{u"state"_s, u"scheduled"_s}, {u"attempt"_s, 0}};
        const QJsonObject failed{{u"state"_s, u"scheduled"_s}, {u"attempt"_s, 1}};
        QVERIFY(!isPossible(TaskVerb::Retry, putOff));
        QVERIFY(isPossible(TaskVerb::Cancel, putOff));
        QVERIFY(isPossible(TaskVerb::Retry, failed));
        QVERIFY(isPossible(TaskVerb::Cancel, u"sent"_s));
        QVERIFY(!isPossible(TaskVerb::Cancel, u"done"_s));
        QVERIFY(isPossible(TaskVerb::Delete, u"done"_s));
        QVERIFY(!isPossible(TaskVerb::Delete, u"running"_s));
    }

    void aHistoryBecomesMomentsInOrder()
    {
        const QJsonArray history{
            QJsonObject{{u"attempt"_s, 1},
                        {u"started"_s, u"2026-11-24T10:00:00.000000Z"_s},
                        {u"finished"_s, u"2026-11-24T10:00:02.500000Z"_s},
                        {u"outcome"_s, u"failed"_s},
                        {u"error"_s, u"no disk\nmore"_s}},
            QJsonObject{{u"attempt"_s, 2}, {u"started"_s, u"2026-11-24T10:01:00.000000Z"_s}, {u"worker"_s, u"w"_s}}};
        const auto moments = momentsOf({{u"state"_s, u"running"_s},
                                        {u"created"_s, u"2026-11-24T09:59:00.000000Z"_s},
                                        {u"started"_s, u"2026-11-24T10:01:00.000000Z"_s},
                                        {u"history"_s, history}},
                                       QDateTime({2026, 11, 24}, {10, 1, 5}, Qt::UTC));
        QStringList titles;
        for (const Moment &moment : moments)
            titles << moment.title;
        QCOMPARE(titles,
                 (QStringList{u"Created"_s, u"Attempt 1 began"_s, u"Attempt 1 failed after 2.5 s"_s,
                              u"Attempt 2 began"_s, u"Running for 5 s"_s}));
        QCOMPARE(moments[2].detail, u"no disk"_s);
        QVERIFY(moments.last().isAhead);
    }

    void withoutAHistoryTheLastAttemptIsTold()
    {
        const auto moments = momentsOf({{u"state"_s, u"dead"_s},
                                        {u"attempt"_s, 5},
                                        {u"error"_s, u"gone"_s},
                                        {u"created"_s, u"2026-11-24T09:00:00.000000Z"_s},
                                        {u"started"_s, u"2026-11-24T09:10:00.000000Z"_s},
                                        {u"finished"_s, u"2026-11-24T09:10:01.000000Z"_s}});
        QCOMPARE(moments.size(), 3);
        QCOMPARE(moments.last().title, u"Attempt 5 failed after 1 s"_s);
    }

    void aScreenReaderHearsTheTimeLine()
    {
        AttemptTimeline line;
        line.setMoments({{{}, u"Attempt 1 failed"_s, u"no disk"_s, Tone::Bad}});
        QCOMPARE(line.accessibleDescription(), u"Attempt 1 failed: no disk"_s);
        QVERIFY(!line.grab().isNull()); // drawn without a time
    }
};

QTEST_MAIN(TaskTextsTest)
#include "tst_tasktexts.moc"
