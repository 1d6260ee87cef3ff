// SPDX-License-Identifier: GPL-3.0-only
#include "testdatabase.h"

#include <QRegularExpression>
#include <QTest>

#include <limits>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::database;

class TestDatabaseValues : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { TestDatabase::prepareRow(); }
    void cleanupTestCase() { TestDatabase::stopServer(); }

    void valuesComeBackAsTheyWent_data();
    void valuesComeBackAsTheyWent();
    void textComesBackByteForByte_data();
    void textComesBackByteForByte();
    void anUnfitValueIsRefused_data();
    void anUnfitValueIsRefused();
};

void TestDatabaseValues::valuesComeBackAsTheyWent_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QVariant>("value");
    QByteArray everyByte;
    for (int i = 0; i < 256; ++i)
        everyByte += static_cast<char>(i);
    for (const QString &dialect : {u"sqlite"_s, u"postgresql"_s}) {
        const QString blob = dialect == u"sqlite" ? u"BLOB"_s : u"BYTEA"_s;
        const auto row = [&](const char *name) -> QTestData & {
            return QTest::addRow("%s: %s", qPrintable(dialect), name) << dialect;
        };
        row("zero") << u"BIGINT"_s << QVariant(0LL);
        row("largest") << u"BIGINT"_s << QVariant(std::numeric_limits<qint64>::max());
        row("smallest") << u"BIGINT"_s << QVariant(std::numeric_limits<qint64>::min());
        row("int") << u"INTEGER"_s << QVariant(-2147483647LL);
        row("double") << u"DOUBLE PRECISION"_s << QVariant(0.1);
        row("large double") << u"DOUBLE PRECISION"_s << QVariant(1.7976931348623157e308);
        row("small double") << u"DOUBLE PRECISION"_s << QVariant(-2.2250738585072014e-308);
        row("null number") << u"BIGINT"_s << QVariant();
        row("null text") << u"TEXT"_s << QVariant();
        row("null bytes") << blob << QVariant();
        row("text") << u"TEXT"_s << QVariant(u"text"_s);
        row("empty text") << u"TEXT"_s << QVariant(u""_s);
        row("digits in a text") << u"TEXT"_s << QVariant(u"12345678901234567890.000"_s);
        row("bytes") << blob << QVariant(everyByte);
        row("no bytes") << blob << QVariant(QByteArray(""));
    }
    QTest::newRow("postgresql: true") << u"postgresql"_s << u"BOOLEAN"_s << QVariant(true);
    QTest::newRow("postgresql: numeric") << u"postgresql"_s << u"NUMERIC"_s
                                         << QVariant(u"123456789012345678901234567890.0000000001"_s);
}

void TestDatabaseValues::valuesComeBackAsTheyWent()
{
    QFETCH(QString, dialect);
    QFETCH(QString, type);
    QFETCH(QVariant, value);
    TestDatabase test(dialect);
    test.execute(u"CREATE TABLE thing (value %1)"_s.arg(type));
    test.execute(u"INSERT INTO thing VALUES (?)"_s, {value});
    const auto back = test.jobs()
                          .read([](Connection &connection) -> Result<QVariant> {
                              auto rows = connection.query(u"SELECT value FROM thing"_s);
                              if (!rows || !rows->next())
                                  return Error::internal(u"no row"_s);
                              const QVariant there = rows->value(0);
                              if (rows->isNull(0) != !there.isValid() || rows->text(0).isNull() != rows->isNull(0))
                                  return Error::internal(u"NULL is not told from a value"_s);
                              return there;
                          })
                          .result();
    QVERIFY2(back, qPrintable(back.error().message()));
    QCOMPARE(*back, value);
    QCOMPARE(back->typeId(), value.typeId());
}

void TestDatabaseValues::textComesBackByteForByte_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("text");
    QString controls;
    for (char16_t c = 1; c < 0xa0; ++c)
        controls += QChar(c);
    for (const QString &dialect : {u"sqlite"_s, u"postgresql"_s}) {
        const auto row = [&](const char *name, const QString &type = u"TEXT"_s) -> QTestData & {
            return QTest::addRow("%s: %s", qPrintable(dialect), name) << dialect << type;
        };
        row("quotes") << u"it's \"quoted\" ''twice''"_s;
        row("backslashes") << uR"(\ \\ \' \n \x41 \u0041 '\')"_s;
        row("placeholders") << u"? :name $1 @x %1 %s"_s;
        row("comment") << u"-- '; DROP TABLE thing; /*"_s;
        row("controls") << controls;
        row("planes") << u"ß é 中 \U0001F600 \U0010FFFF \uFEFF \u200D e\u0301"_s;
        row("long") << QString(1000000, u'ä');
        row("JSON", u"JSON"_s)
            << uR"( {"b":1e400, "a" : 1.10, "a": 12345678901234567890123, "s":"\u0000\ud800 \/"} )"_s;
    }
}

void TestDatabaseValues::textComesBackByteForByte()
{
    QFETCH(QString, dialect);
    QFETCH(QString, type);
    QFETCH(QString, text);
    TestDatabase test(dialect);
    // JSON as SQLAlchemy names it; SQLite gives such a column NUMERIC affinity, which would make a number of "1.10".
    test.execute(u"CREATE TABLE thing (value %1)"_s.arg(dialect == u"sqlite" ? u"TEXT"_s : type));
    test.execute(u"INSERT INTO thing VALUES (?)"_s, {text});
    const auto back = test.jobs()
                          .read([](Connection &connection) -> Result<QByteArray> {
                              auto rows = connection.query(u"SELECT value FROM thing"_s);
                              if (!rows || !rows->next())
                                  return Error::internal(u"no row"_s);
                              return rows->text(0);
                          })
                          .result();
    QVERIFY(back);
    QCOMPARE(*back, text.toUtf8());
}

void TestDatabaseValues::anUnfitValueIsRefused_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QString>("reason");
    const QVariant tooLarge(std::numeric_limits<quint64>::max());
    QTest::newRow("sqlite: too large") << u"sqlite"_s << u"BIGINT"_s << tooLarge << u"18446744073709551615 is larger"_s;
    QTest::newRow("postgresql: too large")
        << u"postgresql"_s << u"BIGINT"_s << tooLarge << u"18446744073709551615 is larger"_s;
    QTest::newRow("postgresql: U+0000") << u"postgresql"_s << u"TEXT"_s << QVariant(u"a\0b"_s)
                                        << u"cannot store U+0000"_s;
    QTest::newRow("postgresql: no JSON") << u"postgresql"_s << u"JSON"_s << QVariant(u"{"_s)
                                         << u"invalid input syntax for type json"_s;
}

void TestDatabaseValues::anUnfitValueIsRefused()
{
    QFETCH(QString, dialect);
    QFETCH(QString, type);
    QFETCH(QVariant, value);
    QFETCH(QString, reason);
    TestDatabase test(dialect);
    test.execute(u"CREATE TABLE thing (value %1)"_s.arg(type));
    const auto stored = test.jobs()
                            .write([=](Connection &connection) {
                                return connection.execute(u"INSERT INTO thing VALUES (?)"_s, {value});
                            })
                            .result();
    QVERIFY(!stored);
    QCOMPARE(stored.error().kind(), ErrorKind::Invalid);
    QVERIFY2(stored.error().message().contains(reason), qPrintable(stored.error().message()));
}

QTEST_GUILESS_MAIN(TestDatabaseValues)

#include "tst_databasevalues.moc"
