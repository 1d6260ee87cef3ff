// SPDX-License-Identifier: GPL-3.0-only
#include "records/jsonformat.h"
#include "records/jsonpath.h"
#include "records/recordlist.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace admin;

class JsonTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsNotJsonIsToldWithItsPlace_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("offset");
        QTest::newRow("nothing") << QByteArray() << qint64(0);
        QTest::newRow("only space") << QByteArray(" \n") << qint64(2);
        QTest::newRow("comma at the end") << QByteArray("[1,]") << qint64(3);
        QTest::newRow("comma at the end of an object") << QByteArray("{\"a\":1,}") << qint64(7);
        QTest::newRow("no colon") << QByteArray("{\"a\" 1}") << qint64(5);
        QTest::newRow("not closed") << QByteArray("[[1]") << qint64(4);
        QTest::newRow("wrong bracket") << QByteArray("[1}") << qint64(2);
        QTest::newRow("two values") << QByteArray("1 2") << qint64(2);
        QTest::newRow("leading zero") << QByteArray("01") << qint64(0);
        QTest::newRow("minus alone") << QByteArray("-") << qint64(1);
        QTest::newRow("point at the end") << QByteArray("1.") << qint64(2);
        QTest::newRow("NaN") << QByteArray("NaN") << qint64(0);
        QTest::newRow("quote missing") << QByteArray("\"a") << qint64(0);
        QTest::newRow("escape at the end") << QByteArray("\"\\") << qint64(1);
        QTest::newRow("short escape") << QByteArray("\"\\u12\"") << qint64(1);
        QTest::newRow("line break in quotes") << QByteArray("\"a\nb\"") << qint64(2);
        QTest::newRow("NUL in quotes") << QByteArray("\"\0\"", 3) << qint64(1);
        QTest::newRow("overlong UTF-8") << QByteArray("\"\xc0\xaf\"") << qint64(1);
        QTest::newRow("surrogate in UTF-8") << QByteArray("\"\xed\xa0\x80\"") << qint64(1);
        QTest::newRow("cut UTF-8") << QByteArray("\"\xe2\x82") << qint64(1);
        QTest::newRow("513 levels") << QByteArray(513, '[') + QByteArray(513, ']') << qint64(512);
    }
    void whatIsNotJsonIsToldWithItsPlace()
    {
        QFETCH(QByteArray, text);
        QFETCH(qint64, offset);
        const JsonFault fault = checkJson(text);
        QVERIFY(fault);
        QCOMPARE(qint64(fault.offset), offset);
        QVERIFY(!fault.message.isEmpty());
    }

    void whatIsJsonIsTaken_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("512 levels") << QByteArray(512, '[') + QByteArray(512, ']');
        QTest::newRow("numbers") << QByteArray("[0,-0,1.50,1e999,-1E+5,123456789012345678901234567890]");
        QTest::newRow("escapes") << QByteArray("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\ud83d\\ude00\\ud800\"");
        QTest::newRow("names given twice") << QByteArray("{\"a\":1,\"a\":2}");
        QTest::newRow("characters") << QByteArray("\"\xf0\x9f\x98\x80\xc3\xa9\"");
    }
    void whatIsJsonIsTaken()
    {
        QFETCH(QByteArray, text);
        const JsonFault fault = checkJson(text);
        QVERIFY2(!fault, qPrintable(fault.message));
    }

    void tidyingUpKeepsNumbersAndOrder()
    {
        const QByteArray json = "{\"b\":1.50,\"a\":[1e3,{}],\"n\":12345678901234567890}";
        const QByteArray tidy = formatJson(json, 10'000).text.toUtf8();
        QVERIFY(tidy.contains("\n  \"b\": 1.50,\n"));
        QCOMPARE(compactJson(tidy), json);
    }

    void aPathFindsItsValueAsItIsWritten_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("value");
        QTest::newRow("name") << u"n"_s << u"1.50"_s;
        QTest::newRow("nested") << u"a.list[1].x"_s << u"é\n"_s;
        QTest::newRow("pointer") << u"/a/list/0"_s << u"12345678901234567890"_s;
        QTest::newRow("name with a dot") << u"\"p.q\""_s << u"true"_s;
        QTest::newRow("the last of two") << u"twice"_s << u"2"_s;
        QTest::newRow("not there") << u"a.list[9]"_s << QString();
        QTest::newRow("into a text") << u"n.m"_s << QString();
    }
    void aPathFindsItsValueAsItIsWritten()
    {
        QFETCH(QString, path);
        QFETCH(QString, value);
        const QByteArray json = "{\"n\":1.50,\"a\":{\"list\":[12345678901234567890,{\"x\":\"\\u00e9\\n\"}]},"
                                "\"p.q\":true,\"twice\":1,\"twice\":2}";
        const auto parsed = JsonPath::parse(path);
        QVERIFY(parsed);
        QCOMPARE(parsed->value(json), value);
    }

    void whatIsNotAPathIsRefused()
    {
        for (const auto &text : {u""_s, u"."_s, u"a..b"_s, u"a[x]"_s, u"a["_s, u"\"a"_s, u"a.b]"_s})
            QVERIFY2(!JsonPath::parse(text), qPrintable(text));
    }

    void theDataOfAListStayByteForByte()
    {
        const QByteArray data = "{\"x\": 1.0,  \"x\":\"\\u0041\"}";
        const auto list = readRecordList(
            "{\"results\":[{\"id\":7,\"size\":26,\"data\":" + data
            + "},{\"id\":8,\"size\":3,\"invalid\":true,\"text\":\"NaN\"}],\"next\":\"d.8.\"}");
        QVERIFY(list);
        QCOMPARE(list->records.size(), 2);
        QCOMPARE(list->records[0].data, data);
        QVERIFY(list->records[1].isInvalid);
        QCOMPARE(list->records[1].data, "NaN");
        QCOMPARE(list->next, u"d.8."_s);
        QVERIFY(!readRecordList("{\"results\":[{\"id\":7"));
        QVERIFY(!readRecordList("[]"));
    }
};

QTEST_GUILESS_MAIN(JsonTest)
#include "tst_json.moc"
