// SPDX-License-Identifier: GPL-3.0-only
#include "byterange.h"

#include <QTest>

using sip::ByteRange;

class tst_ByteRange : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rangesAreReadAsRfc9110Says_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<qint64>("size");
        QTest::addColumn<ByteRange>("range");
        using enum ByteRange::Kind;
        const auto row = [](const char *header, qint64 size, ByteRange range) {
            QTest::addRow("%s of %lld", header, size) << QByteArray(header) << size << range;
        };
        row("", 100, {Whole, 0, 100});
        row("bytes=0-0", 100, {Part, 0, 1});
        row("bytes=0-99", 100, {Part, 0, 100});
        row("bytes=10-19", 100, {Part, 10, 10});
        row("bytes=90-200", 100, {Part, 90, 10});
        row("bytes=99-", 100, {Part, 99, 1});
        row("bytes=0-", 100, {Part, 0, 100});
        row("bytes=-1", 100, {Part, 99, 1});
        row("bytes=-200", 100, {Part, 0, 100});
        row("BYTES=1-2", 100, {Part, 1, 2});
        row("bytes= 1-2 ", 100, {Part, 1, 2});
        row("bytes=0-99999999999999999999", 100, {Part, 0, 100});

        row("bytes=100-", 100, {Unsatisfiable, 0, 0});
        row("bytes=100-200", 100, {Unsatisfiable, 0, 0});
        row("bytes=-0", 100, {Unsatisfiable, 0, 0});
        row("bytes=0-", 0, {Unsatisfiable, 0, 0});
        row("bytes=-5", 0, {Unsatisfiable, 0, 0});
        row("bytes=99999999999999999999-", 100, {Unsatisfiable, 0, 0});

        for (const char *ignored :
             {"bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1", "bytes=5-4", "bytes=+1-2", "bytes=1-2,5-6",
              "bytes=--1", "bytes=1--2", "bytes=1 - 2", "lines=1-2", "bytes =1-2", "byt", "bytes=0x1-2", "bytes=1-2;"})
            row(ignored, 100, {Whole, 0, 100});
    }
    void rangesAreReadAsRfc9110Says()
    {
        QFETCH(QByteArray, header);
        QFETCH(qint64, size);
        QFETCH(ByteRange, range);
        QCOMPARE(sip::parseRange(header, size), range);
    }

    void whatIsSentIsNamed()
    {
        QCOMPARE(sip::contentRange(sip::parseRange("bytes=10-19", 100), 100), QByteArray("bytes 10-19/100"));
        QCOMPARE(sip::contentRange(sip::parseRange("bytes=100-", 100), 100), QByteArray("bytes */100"));
    }

    void tagsAreFoundInLists_data()
    {
        QTest::addColumn<QByteArray>("list");
        QTest::addColumn<bool>("weakly");
        QTest::addColumn<bool>("strongly");
        QTest::newRow("itself") << QByteArray("\"a\"") << true << true;
        QTest::newRow("any") << QByteArray("*") << true << true;
        QTest::newRow("in a list") << QByteArray("\"b\" , \"a\"") << true << true;
        QTest::newRow("weak") << QByteArray("W/\"a\"") << true << false;
        QTest::newRow("another") << QByteArray("\"b\"") << false << false;
        QTest::newRow("without quotes") << QByteArray("a") << false << false;
        QTest::newRow("empty") << QByteArray("") << false << false;
    }
    void tagsAreFoundInLists()
    {
        QFETCH(QByteArray, list);
        QTEST(sip::namesTag(list, "\"a\"", false), "weakly");
        QTEST(sip::namesTag(list, "\"a\"", true), "strongly");
    }
};

QTEST_APPLESS_MAIN(tst_ByteRange)
#include "tst_byterange.moc"
