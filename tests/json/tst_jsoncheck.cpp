// SPDX-License-Identifier: GPL-3.0-only
#include "json/check.h"

#include <rapidjson/reader.h>

#include <QTest>

#include <random>

using namespace quoin::json;

class JsonCheck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsJsonPassesUntouched_data();
    void whatIsJsonPassesUntouched();
    void whatIsNotJsonIsRefusedWithItsOffset_data();
    void whatIsNotJsonIsRefusedWithItsOffset();
    void nestingUpTo512Passes();
    void aBodyOfOpenBracketsIsRefusedAndNotRecursedInto();
    void rapidJsonAgreesOnMutatedTexts();
};

namespace {

void row(const char *name, const QByteArray &text) { QTest::newRow(name) << text; }
void row(const char *name, const QByteArray &text, qint64 offset) { QTest::newRow(name) << text << offset; }

} // namespace

void JsonCheck::whatIsJsonPassesUntouched_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text :
         {"{}", "[]", "\"\"", "0", "-0", "-0.0", "1e999", "-1E-999", "1.5e+3", "true", "false", "null", " \t\r\n1 \n",
          "{\"a\":1,\"a\":2}", "[[],{},[{}]]", "{\"a\":{\"b\":[1,2,{\"c\":null}]}}"})
        QTest::newRow(text) << QByteArray(text);
    row("an integer of 400 digits", QByteArray(400, '9'));
    row("a fraction of 400 digits", "0." + QByteArray(400, '3'));
    row("an exponent of 400 digits", "1e" + QByteArray(400, '9'));
    row("every escape", R"("\"\\\/\b\f\n\r\t\u0041\uD83D\uDE00")");
    row("an escaped NUL", R"("\u0000")");
    row("lone surrogates", R"(["\ud800","\udc00x","\ud800\ud800"])");
    row("UTF-8 of each length", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\"");
    row("DEL", "\"\x7f\"");
}

void JsonCheck::whatIsJsonPassesUntouched()
{
    QFETCH(QByteArray, text);
    const Fault fault = check(text);
    QVERIFY2(!fault, fault.sentence);
}

void JsonCheck::whatIsNotJsonIsRefusedWithItsOffset_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("offset");
    row("nothing", "", 0);
    row("white space only", " \n", 2);
    row("a byte order mark", "\xef\xbb\xbf{}", 0);
    row("trailing bytes", "{} x", 3);
    row("two values", "1 2", 2);
    row("trailing NUL", QByteArray("{}\0", 3), 2);
    row("leading zero", "01", 1);
    row("plus", "+1", 0);
    row("minus only", "-", 1);
    row("minus and a letter", "-a", 1);
    row("point without digits", "1.", 2);
    row("point without integer", ".5", 0);
    row("exponent without digits", "1e+", 3);
    row("hexadecimal", "0x1", 1);
    row("NaN", "NaN", 0);
    row("Infinity", "-Infinity", 1);
    row("half a word", "tru", 3);
    row("wrong word", "trux", 3);
    row("upper-case word", "True", 0);
    row("comment", "[1,/*x*/2]", 3);
    row("single quotes", "{'a':1}", 1);
    row("key without quotes", "{a:1}", 1);
    row("key without value", "{\"a\"}", 4);
    row("key without colon", "{\"a\" 1}", 5);
    row("trailing comma in an object", "{\"a\":1,}", 7);
    row("trailing comma in an array", "[1,]", 3);
    row("leading comma", "[,1]", 1);
    row("no comma", "[1 2]", 3);
    row("wrong bracket", "[1}", 2);
    row("open array", "[1", 2);
    row("open object", "{\"a\":", 5);
    row("open string", "\"abc", 4);
    row("open escape", "\"a\\", 3);
    row("short \\u", "\"\\u12\"", 5);
    row("unknown escape", "\"\\x\"", 2);
    row("control character", "\"a\nb\"", 2);
    row("NUL in a string", QByteArray("\"a\0b\"", 5), 2);
    row("form feed as white space", "\f1", 0);
    row("continuation byte", "\"\x80\"", 1);
    row("overlong /", "\"\xc0\xaf\"", 1);
    row("overlong, three bytes", "\"\xe0\x80\x80\"", 1);
    row("encoded surrogate", "\"\xed\xa0\x80\"", 1);
    row("above U+10FFFF", "\"\xf4\x90\x80\x80\"", 1);
    row("cut sequence", "\"\xe2\x82\"", 1);
    row("Latin-1", "\"caf\xe9\"", 4);
}

void JsonCheck::whatIsNotJsonIsRefusedWithItsOffset()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, offset);
    const Fault fault = check(text);
    QVERIFY(fault);
    QCOMPARE(fault.offset, offset);
    QVERIFY(*fault.sentence != '\0');
}

void JsonCheck::nestingUpTo512Passes()
{
    QVERIFY(!check(QByteArray(512, '[') + QByteArray(512, ']')));
    QVERIFY(!check(QByteArray("{\"a\":").repeated(512) + '1' + QByteArray(512, '}')));
    const Fault fault = check(QByteArray(513, '[') + QByteArray(513, ']'));
    QCOMPARE(fault.offset, qint64(512));
}

void JsonCheck::aBodyOfOpenBracketsIsRefusedAndNotRecursedInto()
{
    QCOMPARE(check(QByteArray(16 * 1024 * 1024, '[')).offset, qint64(512));
}

/// On texts whose numbers it can represent, and without escaped surrogates, the library must say the same.
void JsonCheck::rapidJsonAgreesOnMutatedTexts()
{
    const QByteArray seed = R"({"a":[1,-2.5e3,"x\n\u0041é",true,false,null,{"b":[[],{}]}],"cd": "€" , "n":0})";
    const QByteArray alphabet = "{}[]\",:\\ \n0123456789-+.eEtruefalsn\xc3\xa9\x80u";
    std::mt19937 random(7);
    int refused = 0;
    for (int i = 0; i < 100000; ++i) {
        QByteArray text = seed;
        for (unsigned times = random() % 4; times > 0; --times) {
            const auto at = static_cast<qsizetype>(random() % static_cast<unsigned>(text.size()));
            if (random() % 2)
                text[at] = alphabet.at(static_cast<qsizetype>(random() % static_cast<unsigned>(alphabet.size())));
            else
                text.remove(at, 1 + static_cast<qsizetype>(random() % 3));
        }
        rapidjson::Reader reader;
        rapidjson::StringStream stream(text.constData());
        rapidjson::BaseReaderHandler<> ignore;
        constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
        const rapidjson::ParseResult result = reader.Parse<flags>(stream, ignore);
        if (result.Code() == rapidjson::kParseErrorNumberTooBig
            || result.Code() == rapidjson::kParseErrorStringUnicodeSurrogateInvalid)
            continue;
        refused += result ? 0 : 1;
        QVERIFY2(!check(text) == !result.IsError(), text.constData());
    }
    QVERIFY(refused > 10000 && refused < 90000);
}

QTEST_APPLESS_MAIN(JsonCheck)
#include "tst_jsoncheck.moc"
