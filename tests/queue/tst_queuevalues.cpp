// SPDX-License-Identifier: GPL-3.0-only
// The pure parts of the queue: arguments, the pause before a retry, and what becomes of a task.
#include "queue/arguments.h"
#include "queue/backoff.h"
#include "queue/settling.h"

#include <QTest>

using namespace quoin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using queue::TaskState;

Q_DECLARE_METATYPE(quoin::queue::TaskState)

class tst_QueueValues : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anArrayIsSplitIntoTheTextsOfItsElements_data();
    void anArrayIsSplitIntoTheTextsOfItsElements();
    void whatIsNotOneArrayIsRefusedWithItsOffset_data();
    void whatIsNotOneArrayIsRefusedWithItsOffset();
    void aRecordOfTheGreatestDepthIsAnArgument();
    void thePauseDoublesUpToAnHour_data();
    void thePauseDoublesUpToAnHour();
    void jitterMovesThePauseByAQuarterAtMost();
    void theEndOfAnAttemptDecidesTheState_data();
    void theEndOfAnAttemptDecidesTheState();
    void anErrorIsStoredShortAndWithoutNul();
};

void tst_QueueValues::anArrayIsSplitIntoTheTextsOfItsElements_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArrayList>("elements");
    const QByteArray digits(1000, '7');
    QTest::newRow("empty") << QByteArray(" [ ] \n") << QByteArrayList();
    QTest::newRow("one") << QByteArray("[1]") << QByteArrayList{"1"};
    QTest::newRow("space goes") << QByteArray("[ 1 ,\t\"a\" \r\n]") << QByteArrayList{"1", "\"a\""};
    QTest::newRow("inner space stays") << QByteArray("[{ \"b\" : 1 , \"a\" : [ ] }]")
                                       << QByteArrayList{"{ \"b\" : 1 , \"a\" : [ ] }"};
    QTest::newRow("words") << QByteArray("[true,false,null]") << QByteArrayList{"true", "false", "null"};
    QTest::newRow("numbers") << QByteArray("[-0,0.10,1E+2,1e-2,-1.5e3]")
                             << QByteArrayList{"-0", "0.10", "1E+2", "1e-2", "-1.5e3"};
    QTest::newRow("beyond any double") << QByteArray("[" + digits + ",1e999999]") << QByteArrayList{digits, "1e999999"};
    QTest::newRow("brackets in strings") << QByteArray(R"(["]","\"[,",{"}":"{"}])")
                                         << QByteArrayList{"\"]\"", R"("\"[,")", R"({"}":"{"})"};
    QTest::newRow("escapes") << QByteArray(R"(["\u00e9\ud83d\ude00\\\/\b\f\n\r\t"])")
                             << QByteArrayList{R"("\u00e9\ud83d\ude00\\\/\b\f\n\r\t")"};
    QTest::newRow("nested") << QByteArray("[[[1],[]],{\"a\":{\"b\":[{}]}}]")
                            << QByteArrayList{"[[1],[]]", "{\"a\":{\"b\":[{}]}}"};
    QTest::newRow("keys twice") << QByteArray("[{\"a\":1,\"a\":2}]") << QByteArrayList{"{\"a\":1,\"a\":2}"};
}

void tst_QueueValues::anArrayIsSplitIntoTheTextsOfItsElements()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArrayList, elements);
    const auto split = queue::splitArguments(text);
    QVERIFY2(split, qPrintable(split.error().message()));
    QCOMPARE(QByteArrayList(*split), elements);
    QVERIFY(queue::checkArguments(text));
}

void tst_QueueValues::whatIsNotOneArrayIsRefusedWithItsOffset_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("offset"); // -1: the message names none
    const auto row = [](const char *name, const QByteArray &text, int offset) {
        QTest::newRow(name) << text << offset;
    };
    row("nothing", "", 0);
    row("an object", "{}", -1);
    row("a number", "1", -1);
    row("open", "[", 1);
    row("open after a value", "[1", 2);
    row("comma before the end", "[1,]", 3);
    row("comma at the start", "[,1]", 1);
    row("no comma", "[1 2]", 3);
    row("two arrays", "[][]", 2);
    row("rest", "[1] x", 4);
    row("a NUL after the end", QByteArray("[1]\0[2]", 7), 3);
    row("a NUL for a value", QByteArray("[\0]", 3), 1);
    row("leading zero", "[01]", 2);
    row("plus", "[+1]", 1);
    row("no digits", "[-]", 2);
    row("no fraction", "[1.]", 3);
    row("no exponent", "[1e]", 3);
    row("NaN", "[NaN]", 1);
    row("word", "[nul]", 4);
    row("single quotes", "['a']", 1);
    row("open string", "[\"a]", 4);
    row("raw control character", "[\"a\nb\"]", 3);
    row("bad escape", "[\"\\x\"]", 3);
    row("short escape", "[\"\\u12\"]", 6);
    row("key without quotes", "[{a:1}]", 2);
    row("key without value", "[{\"a\"}]", 5);
    row("comma in object", "[{\"a\":1,}]", 8);
    row("wrong bracket", "[{\"a\":1]]", 7);
    row("bracket not closed", "[[1]", 4);
    row("not UTF-8", "[\"\xFF\"]", -1);
    row("overlong UTF-8", "[\"\xC0\x80\"]", -1);
}

void tst_QueueValues::whatIsNotOneArrayIsRefusedWithItsOffset()
{
    QFETCH(QByteArray, text);
    QFETCH(int, offset);
    const auto split = queue::splitArguments(text);
    QVERIFY(!split);
    QCOMPARE(split.error().kind(), ErrorKind::Invalid);
    const QString message = split.error().message();
    if (offset >= 0)
        QVERIFY2(message.endsWith(u"at byte %1."_s.arg(offset)), qPrintable(message));
    QVERIFY(!queue::checkArguments(text));
}

void tst_QueueValues::aRecordOfTheGreatestDepthIsAnArgument()
{
    const auto nested = [](int depth) { return QByteArray(depth, '[') + QByteArray(depth, ']'); };
    const auto split = queue::splitArguments("[1," + nested(512) + ']');
    QVERIFY(split);
    QCOMPARE(split->last(), nested(512));
    QVERIFY(!queue::splitArguments(nested(1'000'000)));
}

void tst_QueueValues::thePauseDoublesUpToAnHour_data()
{
    QTest::addColumn<int>("attempt");
    QTest::addColumn<int>("seconds");
    QTest::newRow("first") << 1 << 10;
    QTest::newRow("second") << 2 << 20;
    QTest::newRow("fifth") << 5 << 160;
    QTest::newRow("ninth") << 9 << 2560;
    QTest::newRow("tenth is an hour") << 10 << 3600;
    QTest::newRow("hundredth is an hour") << 100 << 3600;
    QTest::newRow("millionth is an hour") << 1'000'000'000 << 3600;
}

void tst_QueueValues::thePauseDoublesUpToAnHour()
{
    QFETCH(int, attempt);
    QFETCH(int, seconds);
    QCOMPARE(queue::retryDelay(10s, attempt, 0.5), std::chrono::milliseconds(std::chrono::seconds(seconds)));
    QCOMPARE(queue::retryDelay(0s, attempt, 0.5), 0ms);
    QCOMPARE(queue::retryDelay(48h, attempt, 0.5), std::chrono::milliseconds(1h));
    QCOMPARE(queue::retryDelay(-1s, attempt, 0.5), 0ms);
}

void tst_QueueValues::jitterMovesThePauseByAQuarterAtMost()
{
    QCOMPARE(queue::retryDelay(1s, 1, 0.0), 750ms);
    QCOMPARE(queue::retryDelay(1s, 1, 0.25), 875ms);
    QCOMPARE(queue::retryDelay(1s, 3, 0.0), 3000ms);
    QVERIFY(queue::retryDelay(1s, 1, std::nextafter(1.0, 0.0)) <= 1250ms);
}

void tst_QueueValues::theEndOfAnAttemptDecidesTheState_data()
{
    QTest::addColumn<int>("attempt");
    QTest::addColumn<int>("error"); // 0: none, else an ErrorKind
    QTest::addColumn<bool>("drained");
    QTest::addColumn<TaskState>("state");
    QTest::addColumn<bool>("counted");
    const auto row = [](const char *name, int attempt, int error, bool drained, TaskState state, bool counted) {
        QTest::newRow(name) << attempt << error << drained << state << counted;
    };
    const int invalid = static_cast<int>(ErrorKind::Invalid), away = static_cast<int>(ErrorKind::Unavailable);
    row("success", 1, 0, false, TaskState::Done, true);
    row("success while draining", 1, 0, true, TaskState::Done, true);
    row("failure", 1, away, false, TaskState::Scheduled, true);
    row("last but one", 2, away, false, TaskState::Scheduled, true);
    row("last", 3, away, false, TaskState::Dead, true);
    row("beyond the last", 4, away, false, TaskState::Dead, true);
    row("invalid", 1, invalid, false, TaskState::Dead, true);
    row("stopped by the drain", 1, away, true, TaskState::Ready, false);
    row("last, stopped by the drain", 3, away, true, TaskState::Ready, false);
    row("invalid while draining", 1, invalid, true, TaskState::Dead, true);
}

void tst_QueueValues::theEndOfAnAttemptDecidesTheState()
{
    QFETCH(int, attempt);
    QFETCH(int, error);
    QFETCH(bool, drained);
    queue::Outcome outcome;
    outcome.id = 7;
    outcome.attempt = attempt;
    outcome.started = 100;
    outcome.finished = 200;
    outcome.drained = drained;
    if (error != 0)
        outcome.error = Error(static_cast<ErrorKind>(error), u"why"_s);
    const auto settlement = queue::settle(outcome, {.attempts = 3, .firstDelay = 4s}, 0.5);
    QCOMPARE(settlement.id, 7);
    QCOMPARE(settlement.attempt, attempt);
    QFETCH(TaskState, state);
    QCOMPARE(toString(settlement.state), toString(state));
    QTEST(settlement.counted, "counted");
    QCOMPARE(settlement.error, error ? u"why"_s : QString());
    const bool finished = settlement.state == TaskState::Done || settlement.state == TaskState::Dead;
    QCOMPARE(settlement.finished, finished ? 200 : 0);
    QCOMPARE(settlement.delay, settlement.state == TaskState::Scheduled ? 4000ms * attempt : 0ms);
}

void tst_QueueValues::anErrorIsStoredShortAndWithoutNul()
{
    queue::Outcome outcome;
    outcome.attempt = 1;
    outcome.error = Error::internal(u"a"_s + QChar(0) + QString(100'000, u'x'));
    const auto settlement = queue::settle(outcome, {}, 0.5);
    QVERIFY(settlement.error.size() <= 4000);
    QVERIFY(!settlement.error.contains(QChar(0)));
}

QTEST_APPLESS_MAIN(tst_QueueValues)
#include "tst_queuevalues.moc"
