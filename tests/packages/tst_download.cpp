// SPDX-License-Identifier: GPL-3.0-only
#include "sipbench.h"

#include <QCryptographicHash>
#include <QFile>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin;
using sip::Reply;
using sip::SipBench;

namespace {

/// Text that deflate cannot make small.
QByteArray noise(qsizetype size)
{
    QRandomGenerator random(1);
    QByteArray text("\"");
    while (text.size() < size)
        text += QByteArray::number(random.generate64(), 36);
    return text + '"';
}

} // namespace

class tst_Download : public QObject
{
    Q_OBJECT

    std::unique_ptr<SipBench> m_bench;
    QString m_path;
    QByteArray m_bytes;

    Reply get(const HeaderList &headers = {}, const QByteArray &method = "GET")
    {
        return m_bench->get(u"/sip/{id}/file"_s, 1, headers, method);
    }
    void store(const QByteArray &data)
    {
        QCOMPARE(m_bench->makeSip(1, data), QString());
        m_path = m_bench->directory() + u'/' + m_bench->files().first();
        QFile file(m_path);
        QVERIFY(file.open(QFile::ReadOnly));
        m_bytes = file.readAll();
    }

private Q_SLOTS:
    void init()
    {
        m_bench = std::make_unique<SipBench>(u"sqlite"_s);
        QVERIFY(m_bench->start());
    }
    void cleanup() { m_bench.reset(); }
    void cleanupTestCase() { TestDatabase::stopServer(); }

    void theHeadersSayWhatItIs()
    {
        store("{}");
        const Reply reply = get();
        QCOMPARE(reply.status, 200);
        QCOMPARE(reply.body, m_bytes);
        QCOMPARE(reply.headers.value("Content-Type"), QByteArray("application/zip"));
        QCOMPARE(reply.headers.value("Content-Disposition"),
                 QByteArray("attachment; filename=\"1_20261123T174801.000042Z.zip\""));
        QCOMPARE(reply.headers.value("Accept-Ranges"), QByteArray("bytes"));
        const QByteArray digest = QCryptographicHash::hash(m_bytes, QCryptographicHash::Sha256);
        QCOMPARE(reply.headers.value("ETag"), '"' + digest.toHex() + '"');
        QCOMPARE(reply.headers.value("Repr-Digest"), "sha-256=:" + digest.toBase64() + ':');
    }

    void aLargeOneIsPulledInPieces()
    {
        store(noise(2'000'000));
        const Reply whole = get();
        QCOMPARE(whole.length, m_bytes.size());
        QVERIFY(whole.pieces >= 5);
        QVERIFY(whole.body == m_bytes);

        const Reply part = get({{"Range", "bytes=100000-900000"}});
        QCOMPARE(part.status, 206);
        QCOMPARE(part.length, 800'001);
        QVERIFY(part.body == m_bytes.sliced(100'000, 800'001));
        QCOMPARE(part.headers.value("Content-Range"), "bytes 100000-900000/" + QByteArray::number(m_bytes.size()));
    }

    void headReadsNothingAndHasNoRange()
    {
        store("{}");
        const Reply reply = get({{"Range", "bytes=0-1"}}, "HEAD");
        QCOMPARE(reply.status, 200);
        QCOMPARE(reply.length, m_bytes.size());
        QVERIFY(reply.headers.contains("ETag"));
    }

    void conditionsAreKept_data()
    {
        QTest::addColumn<HeaderList>("headers"); // TAG stands for the entity tag
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("size"); // -1: all
        QTest::newRow("range") << HeaderList{{"Range", "bytes=2-5"}} << 206 << 4;
        QTest::newRow("behind the end") << HeaderList{{"Range", "bytes=9999999-"}} << 416 << -2;
        QTest::newRow("several ranges") << HeaderList{{"Range", "bytes=0-1,3-4"}} << 200 << -1;
        QTest::newRow("not modified") << HeaderList{{"If-None-Match", "\"x\", W/TAG"}} << 304 << 0;
        QTest::newRow("not modified, not a part")
            << HeaderList{{"If-None-Match", "TAG"}, {"Range", "bytes=2-5"}} << 304 << 0;
        QTest::newRow("modified") << HeaderList{{"If-None-Match", "\"x\""}} << 200 << -1;
        QTest::newRow("the same for a range") << HeaderList{{"If-Range", "TAG"}, {"Range", "bytes=2-5"}} << 206 << 4;
        QTest::newRow("another for a range") << HeaderList{{"If-Range", "\"x\""}, {"Range", "bytes=2-5"}} << 200 << -1;
        QTest::newRow("weak for a range") << HeaderList{{"If-Range", "W/TAG"}, {"Range", "bytes=2-5"}} << 200 << -1;
        QTest::newRow("a date for a range")
            << HeaderList{{"If-Range", "Mon, 23 Nov 2026 17:48:01 GMT"}, {"Range", "bytes=2-5"}} << 200 << -1;
        QTest::newRow("match") << HeaderList{{"If-Match", "TAG"}} << 200 << -1;
        QTest::newRow("no match") << HeaderList{{"If-Match", "\"x\""}} << 412 << -2;
    }
    void conditionsAreKept()
    {
        QFETCH(HeaderList, headers);
        QFETCH(int, status);
        QFETCH(int, size);
        store("{}");
        const QByteArray tag = get().headers.value("ETag");
        for (Header &header : headers)
            header.second.replace("TAG", tag);
        const Reply reply = get(headers);
        QCOMPARE(reply.status, status);
        if (size >= -1)
            QCOMPARE(reply.body, size == -1 ? m_bytes : m_bytes.sliced(2, size));
        if (status == 416)
            QCOMPARE(reply.headers.value("Content-Range"), "bytes */" + QByteArray::number(m_bytes.size()));
        if (status == 304)
            QCOMPARE(reply.headers.value("ETag"), tag);
    }

    void aMissingFileIsSaidSoAndLogged()
    {
        store("{}");
        QVERIFY(QFile::remove(m_path));
        QTest::ignoreMessage(QtCriticalMsg,
                             QRegularExpression(u"package not served id=1 record=1 .*cannot be opened"_s));
        const Reply reply = get();
        QCOMPARE(reply.status, 500);
        QVERIFY(reply.body.contains("missing or damaged"));
        QVERIFY(!reply.body.contains('/')); // where files lie is none of the client's business
    }

    void aFileOfAnotherSizeIsNotServed()
    {
        store("{}");
        QVERIFY(QFile::resize(m_path, 10));
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"has 10 bytes instead of"_s));
        QCOMPARE(get().status, 500);
    }
};

QTEST_GUILESS_MAIN(tst_Download)
#include "tst_download.moc"
