// SPDX-License-Identifier: GPL-3.0-only
#include "archive.h"
#include "load.h"
#include "support/quoinprocess.h"

#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Promise 1. The server is killed with signal 9 at moments that chance chooses, while clients post and tasks run.
/// QUOIN_KILL_ROUNDS: how often, 20 unless told; QUOIN_KILL_SEED: the seed that a failure printed.
class CrashTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRecordAndItsTasksAreOneCommit();
};

void CrashTest::aRecordAndItsTasksAreOneCommit()
{
    const int rounds = qEnvironmentVariableIsSet("QUOIN_KILL_ROUNDS") ? qEnvironmentVariableIntValue("QUOIN_KILL_ROUNDS") : 20;
    const quint32 seed = qEnvironmentVariableIsSet("QUOIN_KILL_SEED") ? qEnvironmentVariable("QUOIN_KILL_SEED").toUInt()
                                                                     : QRandomGenerator::global()->generate();
    qInfo() << "rounds" << rounds << "QUOIN_KILL_SEED" << seed;
    QRandomGenerator random(seed);
    const QTemporaryDir directory;
    QuoinProcess server(directory.path());
    QVERIFY2(server.start(), server.report());

    QHash<qint64, QByteArray> acknowledged;
    for (int round = 0; round < rounds; ++round) {
        PostingLoad load(server.port(), 8, 20, "round-" + QByteArray::number(round));
        QTRY_VERIFY2(load.acknowledgedCount() > 0, server.report());
        QTest::qSleep(random.bounded(80)); // the moment of the crash is what is tried here
        server.kill();
        load.finish();
        QCOMPARE(load.refused(), QStringList());
        for (const auto &record : load.acknowledged()) {
            QVERIFY2(!acknowledged.contains(record.id), "an id was given twice");
            acknowledged.insert(record.id, record.text);
        }

        QVERIFY2(server.start(), server.report());
        HttpClient client(server.port());
        for (const auto &record : load.acknowledged()) {
            const QByteArray path = "/record/" + QByteArray::number(record.id);
            QCOMPARE(client.get(path).body, R"({"id":)" + QByteArray::number(record.id) + R"(,"data":)" + record.text + '}');
        }
        QTRY_COMPARE_WITH_TIMEOUT(whatIsMissing(server), QString(), 15'000);
    }

    const auto stored = storedRecords(server.databaseFile());
    for (auto record = acknowledged.cbegin(); record != acknowledged.cend(); ++record)
        QCOMPARE(stored.value(record.key()), record.value());
    qInfo() << acknowledged.size() << "acknowledged," << stored.size() << "stored and archived";
    server.terminate();
    QCOMPARE(server.waitForExit(), 0);
    QVERIFY2(server.run({u"sip"_s, u"verify"_s, server.sipDirectory()}) && server.waitForExit() == 0, server.report());
}

QTEST_GUILESS_MAIN(CrashTest)
#include "tst_crash.moc"
