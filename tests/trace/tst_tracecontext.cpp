// SPDX-License-Identifier: GPL-3.0-only
// What is a traceparent and what is none: https://www.w3.org/TR/trace-context-1/, section 3.
#include "trace/context.h"

#include <QSet>
#include <QTest>

#include <thread>

using namespace quoin;
using namespace Qt::StringLiterals;

namespace {

const QByteArray id = "4bf92f3577b34da6a3ce929d0e0e4736";
const QByteArray span = "00f067aa0ba902b7";
const QByteArray example = "00-" + id + '-' + span + "-01";

std::string_view view(const QByteArray &text) { return {text.constData(), static_cast<std::size_t>(text.size())}; }

std::optional<trace::Context> parsed(const QByteArray &text, const QByteArray &state = {})
{
    return trace::parse(view(text), view(state));
}

/// Entries of a hundred bytes each.
QByteArray entries(int count)
{
    QByteArray text;
    for (int i = 0; i < count; ++i)
        text += (i ? "," : "") + QByteArray(1, static_cast<char>('a' + i)) + '=' + QByteArray(97, 'x');
    return text;
}

} // namespace

class TraceContextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsValidIsTaken_data();
    void whatIsValidIsTaken();
    void whatIsNotIsRefused_data();
    void whatIsNotIsRefused();
    void tracestateIsKeptAsItIs_data();
    void tracestateIsKeptAsItIs();
    void aChildHasTheTraceAndASpanOfItsOwn();
    void whatBeginsIsValidSampledAndUnlikeAnyOther();
    void aTextIsReadAsItWasWritten_data();
    void aTextIsReadAsItWasWritten();
};

void TraceContextTest::whatIsValidIsTaken_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isSampled");
    QTest::newRow("sampled") << example << true;
    QTest::newRow("not sampled") << "00-" + id + '-' + span + "-00" << false;
    QTest::newRow("flags that nobody knows") << "00-" + id + '-' + span + "-fe" << false;
    QTest::newRow("flags that nobody knows, and sampled") << "00-" + id + '-' + span + "-09" << true;
    QTest::newRow("a later version, the same size") << "01-" + id + '-' + span + "-01" << true;
    QTest::newRow("a later version that says more") << "cc-" + id + '-' + span + "-01-what-the-future-will-be" << true;
    QTest::newRow("a later version that ends in a hyphen") << "fe-" + id + '-' + span + "-01-" << true;
}

void TraceContextTest::whatIsValidIsTaken()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isSampled);
    const auto context = parsed(text);
    QVERIFY(context);
    QCOMPARE(trace::traceId(*context), id);
    QCOMPARE(trace::spanId(*context), span);
    QCOMPARE(context->isSampled, isSampled);
    // What is sent on is of the version that we know, with the flags that we know.
    QCOMPARE(trace::traceparent(*context), "00-" + id + '-' + span + (isSampled ? "-01" : "-00"));
}

void TraceContextTest::whatIsNotIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto with = [](const QByteArray &before, const QByteArray &after) {
        QByteArray text = example;
        return text.replace(before, after);
    };
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("a word") << QByteArray("garbage");
    QTest::newRow("too short") << example.chopped(1);
    QTest::newRow("no flags") << example.chopped(3);
    QTest::newRow("version 00 that says more") << example + "-what";
    QTest::newRow("version 00 that ends in a hyphen") << example + '-';
    QTest::newRow("version 00 with something behind it") << example + '0';
    QTest::newRow("a later version without a hyphen") << with("00-4", "cc-4") + ".what";
    QTest::newRow("version ff") << with("00-4", "ff-4");
    QTest::newRow("a version of other characters") << with("00-4", "0x-4");
    QTest::newRow("a version of one digit") << example.sliced(1) + '1';
    QTest::newRow("a version in capitals") << with("00-4", "CC-4");
    QTest::newRow("trace-id of zeros") << with(id, QByteArray(32, '0'));
    QTest::newRow("trace-id in capitals") << with(id, id.toUpper());
    QTest::newRow("trace-id of other characters") << with("4bf92f", "4bf92g");
    QTest::newRow("trace-id that is too short") << with(id, id.chopped(1)) + '0';
    QTest::newRow("trace-id that is too long") << with(id, id + '0').chopped(1);
    QTest::newRow("parent-id of zeros") << with(span, QByteArray(16, '0'));
    QTest::newRow("parent-id in capitals") << with(span, span.toUpper());
    QTest::newRow("parent-id of other characters") << with("02b7", "02.7");
    QTest::newRow("parent-id that is too short") << with(span, span.chopped(1)) + '0';
    QTest::newRow("flags of other characters") << example.chopped(1) + 'x';
    QTest::newRow("flags in capitals") << example.chopped(2) + "0A";
    QTest::newRow("other hyphens") << with("-01", "_01");
    QTest::newRow("a space in front") << ' ' + example;
    QTest::newRow("two of them") << example + ", " + example;
}

void TraceContextTest::whatIsNotIsRefused()
{
    QFETCH(QByteArray, text);
    QVERIFY(!parsed(text, "a=b"));
}

void TraceContextTest::tracestateIsKeptAsItIs_data()
{
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<QByteArray>("kept");
    QTest::newRow("none") << QByteArray() << QByteArray();
    QTest::newRow("empty") << QByteArray(" , ") << QByteArray();
    QTest::newRow("one") << QByteArray("rojo=00f067aa0ba902b7") << QByteArray("rojo=00f067aa0ba902b7");
    QTest::newRow("several, with white space")
        << QByteArray("rojo=1 ,\tcongo=t61 rcWkgMzE") << QByteArray("rojo=1 ,\tcongo=t61 rcWkgMzE");
    QTest::newRow("what only we find odd") << QByteArray("@=\"\\,x") << QByteArray("@=\"\\,x");
    QTest::newRow("512 bytes") << entries(5) + ",f=1234567890" << entries(5) + ",f=1234567890";
    QTest::newRow("more: the last ones go") << entries(7) << entries(5);
    QTest::newRow("513 bytes") << entries(5) + ",f=12345678901" << entries(5);
    QTest::newRow("one that is too long") << "a=" + QByteArray(511, 'x') << QByteArray();
    QTest::newRow("not ASCII") << QByteArray("a=\xc3\xa4") << QByteArray();
    QTest::newRow("a control character") << QByteArray("a=\x01") << QByteArray();
}

void TraceContextTest::tracestateIsKeptAsItIs()
{
    QFETCH(QByteArray, sent);
    QFETCH(QByteArray, kept);
    const auto context = parsed(example, sent);
    QVERIFY(context); // whatever it says
    QCOMPARE(context->state, kept);
}

void TraceContextTest::aChildHasTheTraceAndASpanOfItsOwn()
{
    auto parent = *parsed("00-" + id + '-' + span + "-00", "a=b");
    parent.task = u"t.some"_s;
    parent.spent = std::make_shared<trace::DatabaseTime>();
    const auto child = trace::child(parent);
    QCOMPARE(trace::traceId(child), id);
    QVERIFY(child.span != parent.span && child.span != 0);
    QVERIFY(!child.isSampled);
    QCOMPARE(child.state, "a=b");
    QVERIFY(child.task.isNull() && !child.spent);
}

void TraceContextTest::whatBeginsIsValidSampledAndUnlikeAnyOther()
{
    QSet<QByteArray> traces, spans;
    quint64 bitsOfFirst = 0; // by chance, any of them is 0 in all threads once in 2^34 runs
    std::mutex mutex;
    std::vector<std::thread> threads;
    for (int i = 0; i < 40; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 100; ++n) {
                const auto context = trace::begin();
                const std::lock_guard lock(mutex);
                bitsOfFirst |= n == 0 ? context.high : 0;
                traces.insert(trace::traceId(context));
                spans.insert(trace::spanId(context));
                if (!parsed(trace::traceparent(context)) || !context.isSampled)
                    traces.insert("invalid " + trace::traceparent(context));
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(bitsOfFirst, ~quint64(0));
    QCOMPARE(traces.size(), 4000);
    QCOMPARE(spans.size(), 4000);
}

void TraceContextTest::aTextIsReadAsItWasWritten_data()
{
    QTest::addColumn<QByteArray>("state");
    QTest::newRow("without tracestate") << QByteArray();
    QTest::newRow("with it") << QByteArray("rojo=1,congo=t61 rcWkgMzE");
}

void TraceContextTest::aTextIsReadAsItWasWritten()
{
    QFETCH(QByteArray, state);
    const auto context = *parsed(example, state);
    const QByteArray text = trace::toText(context);
    QCOMPARE(text, state.isEmpty() ? example : example + ' ' + state);
    const auto read = trace::fromText(text);
    QVERIFY(read);
    QCOMPARE(trace::traceparent(*read), example);
    QCOMPARE(read->state, state);
    QVERIFY(trace::toText(trace::Context()).isNull());
    QVERIFY(!trace::fromText(QByteArray()));
}

QTEST_APPLESS_MAIN(TraceContextTest)
#include "tst_tracecontext.moc"
