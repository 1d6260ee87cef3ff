// SPDX-License-Identifier: GPL-3.0-only
#include "json/elements.h"
#include "json/members.h"
#include "json/text.h"

#include <QTest>

#include <array>

using namespace quoin::json;
using namespace Qt::StringLiterals;

class JsonMembers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void membersKeepTheirOwnTexts_data();
    void membersKeepTheirOwnTexts();
    void theLastOfANameCounts();
    void aNameIsKnownByWhatItSays();
    void anEditLeavesEveryOtherByteAsItWas_data();
    void anEditLeavesEveryOtherByteAsItWas();
    void elementsKeepTheirOwnTexts();
    void noMoreElementsThanAskedFor();
    void anotherValueHasNone_data();
    void anotherValueHasNone();
    void aStringSaysWhatItsEscapesSay_data();
    void aStringSaysWhatItsEscapesSay();
    void whatIsQuotedIsAsciiAndSaysTheSame();
};

void JsonMembers::membersKeepTheirOwnTexts_data()
{
    QTest::addColumn<QByteArray>("object");
    QTest::addColumn<QByteArrayList>("members");
    QTest::newRow("none") << QByteArray("{}") << QByteArrayList{};
    QTest::newRow("none but space") << QByteArray(" { \n} ") << QByteArrayList{};
    QTest::newRow("one") << QByteArray("{\"a\":1}") << QByteArrayList{"\"a\"=1"};
    QTest::newRow("numbers") << QByteArray("{\"a\":1.10, \"b\": -0e99 ,\"c\":123456789012345678901234567890}")
                             << QByteArrayList{"\"a\"=1.10", "\"b\"=-0e99", "\"c\"=123456789012345678901234567890"};
    QTest::newRow("nested") << QByteArray("{ \"a\" : {\"b\":[1,{}]} , \"c\":[ ] }")
                            << QByteArrayList{"\"a\"={\"b\":[1,{}]}", "\"c\"=[ ]"};
    QTest::newRow("brackets and quotes in strings")
        << QByteArray(R"({"a}":"]\"{,","b":"\\"})") << QByteArrayList{R"("a}"="]\"{,")", R"("b"="\\")"};
}

void JsonMembers::membersKeepTheirOwnTexts()
{
    QFETCH(QByteArray, object);
    QFETCH(QByteArrayList, members);
    QByteArrayList found;
    for (Members member(object); member.next();)
        found += member.nameText().toByteArray() + '=' + member.value().toByteArray();
    QCOMPARE(found, members);
}

void JsonMembers::theLastOfANameCounts()
{
    QCOMPARE(member("{\"a\":1,\"b\":2,\"a\":3}", "a"), QByteArrayView("3"));
    QVERIFY(member("{\"a\":1}", "b").isEmpty());
    constexpr std::array<std::string_view, 3> names{"x", "a", "b"};
    std::array<QByteArrayView, 3> values;
    pick("{\"b\":[],\"a\":null,\"c\":0,\"a\":\"\"}", names, values);
    QVERIFY(values[0].isEmpty());
    QCOMPARE(values[1], QByteArrayView("\"\""));
    QCOMPARE(values[2], QByteArrayView("[]"));
}

void JsonMembers::aNameIsKnownByWhatItSays()
{
    QCOMPARE(member(R"({"\u0061":1})", "a"), QByteArrayView("1"));
    QCOMPARE(member(R"({"a\/b":2})", "a/b"), QByteArrayView("2"));
    QVERIFY(member(R"({"\\u0061":1})", "a").isEmpty());
}

void JsonMembers::anEditLeavesEveryOtherByteAsItWas_data()
{
    QTest::addColumn<QByteArray>("object");
    QTest::addColumn<QByteArray>("edited");
    QTest::newRow("replaced") << QByteArray("{\"b\" : 1.0,\n\"a\":[1, 2] , \"c\":3 }")
                              << QByteArray("{\"b\" : 1.0,\n\"a\":true , \"c\":3 }");
    QTest::newRow("the last of two") << QByteArray("{\"a\":1,\"a\":2}") << QByteArray("{\"a\":1,\"a\":true}");
    QTest::newRow("added") << QByteArray("{\"b\":1.0 }") << QByteArray("{\"b\":1.0 , \"a\": true}");
    QTest::newRow("added to nothing") << QByteArray("{}") << QByteArray("{\"a\": true}");
    QTest::newRow("not the one inside") << QByteArray("{\"b\":{\"a\":0}}")
                                        << QByteArray("{\"b\":{\"a\":0}, \"a\": true}");
}

void JsonMembers::anEditLeavesEveryOtherByteAsItWas()
{
    QFETCH(QByteArray, object);
    QFETCH(QByteArray, edited);
    QCOMPARE(withMember(object, "a", "true"), edited);
}

void JsonMembers::elementsKeepTheirOwnTexts()
{
    const QByteArray array("[ 1.10 ,\"a,]\" , [ 2,[]], {\"b\":[3]},null]");
    const QList<QByteArrayView> expected{"1.10", "\"a,]\"", "[ 2,[]]", "{\"b\":[3]}", "null"};
    QCOMPARE(elements(array), expected);
    QVERIFY(elements("[ ]").isEmpty());
}

void JsonMembers::noMoreElementsThanAskedFor()
{
    QCOMPARE(elements("[1,2,3]", 2), (QList<QByteArrayView>{"1", "2"}));
    QVERIFY(elements("[1,2,3]", 0).isEmpty());
}

void JsonMembers::anotherValueHasNone_data()
{
    QTest::addColumn<QByteArray>("value");
    for (const char *value : {"", "null", "5", "\"{}\"", "\"[1]\"", "true"})
        QTest::newRow(value) << QByteArray(value);
}

void JsonMembers::anotherValueHasNone()
{
    QFETCH(QByteArray, value);
    QVERIFY(!Members(value).next());
    QVERIFY(member(value, "a").isEmpty());
    QVERIFY(elements(value).isEmpty());
    QVERIFY(!Members("[1]").next());
    QVERIFY(elements("{\"a\":1}").isEmpty());
}

void JsonMembers::aStringSaysWhatItsEscapesSay_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("text");
    QTest::newRow("empty") << QByteArray("\"\"") << u""_s;
    QTest::newRow("plain") << QByteArray("\"caf\xc3\xa9\"") << u"café"_s;
    QTest::newRow("every escape") << QByteArray(R"("\"\\\/\b\f\n\r\t\u00e9")") << u"\"\\/\b\f\n\r\té"_s;
    QTest::newRow("a pair") << QByteArray(R"("a\ud83d\ude00b")") << u"a😀b"_s;
    QTest::newRow("half a pair") << QByteArray(R"("\ud83d")") << QString(QChar(0xd83d));
    QTest::newRow("NUL") << QByteArray(R"("a\u0000b")") << u"a"_s + QChar(u'\0') + u"b"_s;
}

void JsonMembers::aStringSaysWhatItsEscapesSay()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, text);
    QCOMPARE(unquoted(json), text);
}

void JsonMembers::whatIsQuotedIsAsciiAndSaysTheSame()
{
    QString text;
    for (char16_t c = 0; c < 0x3000; ++c)
        text += QChar(c);
    text += u"😀"_s + QChar(0xdc00) + QChar(0xd800);
    const QByteArray json = quoted(text);
    for (const char c : json)
        QVERIFY(c >= 0x20 && c < 0x7f);
    QCOMPARE(unquoted(json), text);
}

QTEST_APPLESS_MAIN(JsonMembers)
#include "tst_jsonmembers.moc"
