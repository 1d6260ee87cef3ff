// SPDX-License-Identifier: GPL-3.0-only
#include "archive.h"
#include "support/quoinprocess.h"

#include <QCryptographicHash>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <mutex>
#include <thread>
#include <vector>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// What the tutorial promises a reader with curl, in its order, and promise 7.
class WalkthroughTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aVisitorIsCounted();
    void aRecordIsPostedListedAndShown();
    void aRecordGetsAPackageThatOthersCanRead();
    void whatIsNotThereIsAProblemThatSaysSo_data();
    void whatIsNotThereIsAProblemThatSaysSo();
    void whatArrivesTogetherIsDoneTogether();
    void cleanupTestCase();

private:
    QTemporaryDir m_directory;
    QuoinProcess m_server{m_directory.path()};
};

void WalkthroughTest::initTestCase() { QVERIFY2(m_server.start(), m_server.report()); }

void WalkthroughTest::aVisitorIsCounted()
{
    HttpClient client(m_server.port());
    const HttpReply first = client.get("/");
    QCOMPARE(first.status, 200);
    QVERIFY(first.header("Content-Type").startsWith("text/plain"));
    QCOMPARE(first.body, "I have been seen 1 times.");
    QCOMPARE(client.get("/").body, "I have been seen 2 times.");
}

void WalkthroughTest::aRecordIsPostedListedAndShown()
{
    HttpClient client(m_server.port());
    QCOMPARE(client.get("/record").body, R"({"results":[]})");

    const HttpReply made = client.post("/record", R"({"title": "The Kitab al-Jabr", "year": 820})");
    QCOMPARE(made.status, 200);
    QCOMPARE(made.header("Content-Type"), "application/json");
    QCOMPARE(made.header("Location"), "/record/1");
    const QByteArray record = R"({"id":1,"data":{"title": "The Kitab al-Jabr", "year": 820}})";
    QCOMPARE(made.body, record);

    const HttpReply list = client.get("/record");
    QCOMPARE(list.status, 200);
    QCOMPARE(list.header("Content-Type"), "application/json");
    QCOMPARE(list.body, R"({"results":[)" + record + "]}");

    const HttpReply one = client.get("/record/1");
    QCOMPARE(one.status, 200);
    QCOMPARE(one.body, record);
}

void WalkthroughTest::aRecordGetsAPackageThatOthersCanRead()
{
    QTRY_COMPARE_WITH_TIMEOUT(whatIsMissing(m_server), QString(), 30'000);
    HttpClient client(m_server.port());
    const HttpReply list = client.get("/record/1/sips");
    QCOMPARE(list.status, 200);
    const QJsonArray packages = QJsonDocument::fromJson(list.body).object().value("results"_L1).toArray();
    QCOMPARE(packages.size(), 1);
    const QJsonObject package = packages.first().toObject();
    QCOMPARE(package.value("record"_L1).toInteger(), 1);

    const QByteArray path = "/sip/" + QByteArray::number(package.value("id"_L1).toInteger());
    QCOMPARE(QJsonDocument::fromJson(client.get(path).body).object(), package);
    const HttpReply file = client.get(path + "/file");
    QCOMPARE(file.status, 200);
    QCOMPARE(file.body.size(), package.value("size"_L1).toInteger());
    QCOMPARE(QCryptographicHash::hash(file.body, QCryptographicHash::Sha256).toHex(),
             package.value("sha256"_L1).toString().toLatin1());
    const HttpReply part = client.request("GET", path + "/file", {}, "Range: bytes=2-5\r\n");
    QCOMPARE(part.status, 206);
    QCOMPARE(part.body, file.body.mid(2, 4));

    const QString copy = m_directory.filePath(u"downloaded.zip"_s);
    QFile download(copy);
    QVERIFY(download.open(QIODevice::WriteOnly) && download.write(file.body) == file.body.size());
    download.close();
    QString fault;
    QCOMPARE(payloadOf(copy, &fault), R"({"title": "The Kitab al-Jabr", "year": 820})");
    QCOMPARE(fault, QString());
    const QTemporaryDir elsewhere;
    QuoinProcess verifier(elsewhere.path());
    QVERIFY2(verifier.run({u"sip"_s, u"verify"_s, copy}), verifier.report());
    QVERIFY2(verifier.waitForExit() == 0, verifier.report());
}

void WalkthroughTest::whatIsNotThereIsAProblemThatSaysSo_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("status");
    QTest::newRow("no such record") << QByteArray("GET") << QByteArray("/record/4711") << 404;
    QTest::newRow("not a number") << QByteArray("GET") << QByteArray("/record/abc") << 404;
    QTest::newRow("no such package") << QByteArray("GET") << QByteArray("/sip/4711") << 404;
    QTest::newRow("packages of no record") << QByteArray("GET") << QByteArray("/record/4711/sips") << 404;
    QTest::newRow("no such path") << QByteArray("GET") << QByteArray("/nowhere") << 404;
    QTest::newRow("not this method") << QByteArray("DELETE") << QByteArray("/record") << 405;
}

void WalkthroughTest::whatIsNotThereIsAProblemThatSaysSo()
{
    QFETCH(const QByteArray, method);
    QFETCH(const QByteArray, path);
    QFETCH(const int, status);
    const HttpReply reply = HttpClient(m_server.port()).request(method, path);
    QCOMPARE(reply.status, status);
    QCOMPARE(reply.header("Content-Type"), "application/problem+json");
    const QJsonObject problem = QJsonDocument::fromJson(reply.body).object();
    QCOMPARE(problem.value("status"_L1).toInt(), status);
    for (const auto member : {"type"_L1, "title"_L1, "detail"_L1, "request_id"_L1})
        QVERIFY2(!problem.value(member).toString().isEmpty(), reply.body);
    QCOMPARE(problem.value("request_id"_L1).toString().toLatin1(), reply.header("X-Request-Id"));
    if (status == 405)
        QVERIFY2(reply.hasToken("Allow", "GET") && reply.hasToken("Allow", "POST"), reply.header("Allow"));
}

/// Promise 7: each of many visitors at once gets a number of their own, and none is left out.
void WalkthroughTest::whatArrivesTogetherIsDoneTogether()
{
    constexpr int clients = 32;
    constexpr int requestsEach = 1000;
    std::mutex mutex;
    QSet<int> numbers;
    QStringList surprises;
    std::vector<std::thread> threads;
    for (int i = 0; i < clients; ++i) {
        threads.emplace_back([&] {
            HttpClient client(m_server.port());
            QList<int> seen;
            QStringList others;
            for (int request = 0; request < requestsEach; ++request) {
                const HttpReply reply = client.get("/");
                bool ok = false;
                seen.append(reply.body.split(' ').value(4).toInt(&ok));
                if (reply.status != 200 || !ok)
                    others.append(QString::number(reply.status) + u' ' + QString::fromUtf8(reply.body) + reply.failure);
            }
            const std::lock_guard lock(mutex);
            numbers.unite(QSet<int>(seen.begin(), seen.end()));
            surprises += others;
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(surprises, QStringList());
    QCOMPARE(numbers.size(), clients * requestsEach);
    // The visits of the first test came before; with none in between, no number was skipped either.
    QCOMPARE(*std::max_element(numbers.cbegin(), numbers.cend()), clients * requestsEach + 2);
}

void WalkthroughTest::cleanupTestCase()
{
    m_server.terminate();
    QVERIFY2(m_server.waitForExit() == 0, m_server.report());
}

QTEST_GUILESS_MAIN(WalkthroughTest)
#include "tst_walkthrough.moc"
