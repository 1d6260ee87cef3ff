// SPDX-License-Identifier: GPL-3.0-only
#include "archive.h"
#include "celeryground.h"
#include "load.h"

#include <QDeadlineTimer>
#include <QJsonDocument>
#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Ours and theirs on one queue, whatever happens to them. QUOIN_CELERY_TASKS: how many tasks there are, 2000 unless
/// told; then there is also time to wait for minutes.
class CeleryFleetTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void twoAndTwoShareAQueue();
    void oursAreKilledAndEachRecordHasOnePackage();
    void theirsIsKilledAndWhatCeleryStillHadIsArchived();
    void redisDiesAgainAndAgainAndEachRecordHasOnePackage();
    void redisDiesUnderLoadAndEverythingIsArchived_data();
    void redisDiesUnderLoadAndEverythingIsArchived();
    void cleanup();

private:
    void flood();
    int recordsWithPackages() const { return int(packagesByRecord(m_ground->sipDirectory()).size()); }
    bool waitForPackages(int count) const;
    QStringList doubles() const;

    int m_tasks = 2000;
    std::unique_ptr<CeleryGround> m_ground;
};

namespace {

/// Python's names end without a zone, or with the id of a task.
bool isOurs(const QString &file) { return file.endsWith("Z.zip"_L1); }

/// The first argument of each message: the record that it is about. A line is an envelope, as in a queue, or [envelope,
/// exchange, routing key], as in "unacked"; in the envelope is the body [[arguments], {...}, {...}] in base64.
QSet<qint64> recordsIn(const QByteArray &messages)
{
    QSet<qint64> records;
    for (const QByteArray &line : messages.split('\n')) {
        const QJsonDocument message = QJsonDocument::fromJson(line);
        const QJsonObject envelope = message.isArray() ? message.array().first().toObject() : message.object();
        const QByteArray body = QByteArray::fromBase64(envelope.value(u"body"_s).toString().toLatin1());
        const QJsonArray arguments = QJsonDocument::fromJson(body).array().first().toArray();
        if (!arguments.isEmpty())
            records.insert(arguments.first().toInteger());
    }
    return records;
}

} // namespace

void CeleryFleetTest::initTestCase()
{
    const QString missing = CeleryGround::missing();
    if (!missing.isEmpty())
        QSKIP(qPrintable(u"install the Debian package "_s + missing));
    if (PostgresServer::binaries().isEmpty())
        QSKIP("install the Debian package postgresql");
    if (qEnvironmentVariableIsSet("QUOIN_CELERY_TASKS"))
        m_tasks = qEnvironmentVariableIntValue("QUOIN_CELERY_TASKS");
}

void CeleryFleetTest::init()
{
    m_ground = std::make_unique<CeleryGround>();
    QVERIFY(m_ground->start(CeleryGround::Database::Postgresql));
}

void CeleryFleetTest::flood()
{
    QCOMPARE(m_ground->client().ask(u"flood"_s, {{u"count"_s, m_tasks}}).value(u"sent"_s).toInt(), m_tasks);
}

/// Looks often: all of them may be there within a second.
bool CeleryFleetTest::waitForPackages(int count) const
{
    QDeadlineTimer deadline(60'000);
    while (recordsWithPackages() < count && !deadline.hasExpired())
        QTest::qWait(1);
    return recordsWithPackages() >= count;
}

/// The records with more than one package, each with its files.
QStringList CeleryFleetTest::doubles() const
{
    QStringList found;
    const auto packages = packagesByRecord(m_ground->sipDirectory());
    for (auto record = packages.cbegin(); record != packages.cend(); ++record) {
        if (record->size() > 1)
            found += QString::number(record.key()) + u": "_s + record->join(u' ');
    }
    return found;
}

void CeleryFleetTest::twoAndTwoShareAQueue()
{
    for (const QString &name : {u"python1"_s, u"python2"_s})
        m_ground->theirs(name).launchWorker({u"-n"_s, name + u"@test"_s});
    for (const QString &name : {u"ours1"_s, u"ours2"_s}) {
        QuoinProcess &worker = m_ground->ourWorker(name);
        QVERIFY2(worker.start(), worker.report());
    }
    const auto alive = [&] {
        const QJsonObject asked{{u"method"_s, u"ping"_s}, {u"timeout"_s, 1}};
        return m_ground->client().ask(u"inspect"_s, asked).value(u"replies"_s).toArray().size();
    };
    QTRY_COMPARE_WITH_TIMEOUT(alive(), 4, 60'000);
    flood();
    QTRY_COMPARE_WITH_TIMEOUT(recordsWithPackages(), m_tasks, 120'000);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->whatIsLeft(), QString(), 20'000);
    QCOMPARE(doubles(), QStringList());
    int byUs = 0;
    for (const QStringList &files : packagesByRecord(m_ground->sipDirectory()))
        byUs += isOurs(files.first()) ? 1 : 0;
    qInfo() << byUs << "tasks by us," << m_tasks - byUs << "by Python";
    QVERIFY(byUs > 0);
    QVERIFY(byUs < m_tasks);
}

void CeleryFleetTest::oursAreKilledAndEachRecordHasOnePackage()
{
    flood();
    const QList<QuoinProcess *> workers{&m_ground->ourWorker(u"ours1"_s), &m_ground->ourWorker(u"ours2"_s)};
    constexpr int rounds = 2;
    int inTheirHands = 0;
    for (int round = 1; round <= rounds; ++round) {
        // The second one later: while it starts, the first could be done with everything. At last it finds what the
        // other had.
        for (QuoinProcess *worker : workers.first(round))
            QVERIFY2(worker->start(), worker->report());
        QVERIFY(waitForPackages(m_tasks * round / (rounds + 2)));
        workers.first()->kill();
        inTheirHands += m_ground->redis().cli({u"HLEN"_s, u"unacked"_s}).toInt();
    }
    QTRY_COMPARE_WITH_TIMEOUT(recordsWithPackages(), m_tasks, 120'000);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->whatIsLeft(), QString(), 120'000);
    QCOMPARE(doubles(), QStringList());
    const auto rows = packageRowsByRecord(m_ground->databaseUrl());
    QCOMPARE(rows.size(), m_tasks);
    for (auto record = rows.cbegin(); record != rows.cend(); ++record)
        QCOMPARE(*record, 1);
    QCOMPARE(tasksByState(m_ground->databaseUrl()), (QHash<QString, int>{{u"done"_s, m_tasks}}));
    if (inTheirHands == 0)
        QSKIP("workers were killed only when all was done: nothing of a death at work was tried");
}

/// Celery keeps a message until its task has ended only if it is told to (acks_late), and then Python's task may run
/// twice: it names its file by the task. What it had in its hands when it was killed may have been done already, and is
/// done again by whoever comes: those records alone may have a package of each side. And even so it takes a message out
/// of the queue before it writes down that it has it: the one that was in between when it was killed is lost, and
/// nobody can know of it.
void CeleryFleetTest::theirsIsKilledAndWhatCeleryStillHadIsArchived()
{
    constexpr int visibilityTimeout = 10; // seconds: longer than a living worker has a message, however slow it is
    flood();
    PeerProcess &killed = m_ground->theirs(u"killed"_s);
    PeerProcess &surviving = m_ground->theirs(u"surviving"_s);
    for (PeerProcess *worker : {&killed, &surviving}) {
        worker->setEnvironment(u"PEER_ACKS_LATE"_s, u"1"_s);
        worker->setEnvironment(u"PEER_VISIBILITY_TIMEOUT"_s, QString::number(visibilityTimeout));
    }
    killed.launchWorker({u"-n"_s, u"killed@test"_s});
    QVERIFY(waitForPackages(m_tasks / 10));
    killed.freeze();
    const auto held = recordsIn(m_ground->unacked());
    QVERIFY2(!held.isEmpty(), "it was not at work");
    auto known = held + recordsIn(m_ground->redis().cli({u"LRANGE"_s, u"celery"_s, u"0"_s, u"-1"_s}));
    for (const qint64 record : packagesByRecord(m_ground->sipDirectory()).keys())
        known.insert(record);
    QVERIFY2(m_tasks - known.size() <= 1, "Celery lost more than the one in between");
    killed.kill();
    surviving.launchWorker({u"-n"_s, u"surviving@test"_s});
    QuoinProcess &worker = m_ground->ourWorker(u"ours1"_s);
    QVERIFY2(worker.start(), worker.report());
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->waiting("celery"), 0, 120'000);
    // Workers look for what is overdue when they start and every 100 s; any client does while it waits for a reply.
    const auto isNothingLeft = [&] {
        m_ground->client().ask(u"sweep"_s, {{u"visibility_timeout"_s, visibilityTimeout}});
        return m_ground->whatIsLeft().isEmpty();
    };
    QTRY_VERIFY_WITH_TIMEOUT(isNothingLeft(), 120'000);
    QCOMPARE(recordsWithPackages(), known.size());
    const auto packages = packagesByRecord(m_ground->sipDirectory());
    int byBoth = 0;
    for (auto record = packages.cbegin(); record != packages.cend(); ++record) {
        const auto ours = std::count_if(record->begin(), record->end(), isOurs);
        QVERIFY2(ours <= 1 && record->size() - ours <= 1, qPrintable(record->join(u' ')));
        QVERIFY2(record->size() == 1 || held.contains(record.key()), qPrintable(record->join(u' ')));
        byBoth += record->size() > 1 ? 1 : 0;
    }
    qInfo() << m_tasks - known.size() << "lost by Celery," << held.size() << "messages held at the kill," << byBoth
            << "records archived by both sides";
}

/// A claim, a result or an acknowledgement may have been done though nobody was told, or not done though it was sent.
void CeleryFleetTest::redisDiesAgainAndAgainAndEachRecordHasOnePackage()
{
    flood();
    constexpr int rounds = 4;
    int atWork = 0;
    for (int round = 1; round <= rounds; ++round) {
        if (round <= 2) { // the second later: while it starts, the first could be done with everything
            QuoinProcess &worker = m_ground->ourWorker(u"ours"_s + QString::number(round));
            QVERIFY2(worker.start(), worker.report());
        }
        QVERIFY(waitForPackages(m_tasks * round / (rounds + 2)));
        atWork += recordsWithPackages() < m_tasks ? 1 : 0;
        QVERIFY(m_ground->redis().restart());
    }
    QTRY_COMPARE_WITH_TIMEOUT(recordsWithPackages(), m_tasks, 60'000);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->whatIsLeft(), QString(), 120'000);
    QCOMPARE(doubles(), QStringList());
    QTRY_COMPARE_WITH_TIMEOUT(tasksByState(m_ground->databaseUrl()), (QHash<QString, int>{{u"done"_s, m_tasks}}),
                              20'000);
    if (atWork == 0)
        QSKIP("Redis died only when all was done: nothing of its death at work was tried");
}

void CeleryFleetTest::redisDiesUnderLoadAndEverythingIsArchived_data()
{
    QTest::addColumn<bool>("keepsItsData");
    QTest::newRow("and comes back") << true;
    QTest::newRow("and comes back empty") << false;
}

void CeleryFleetTest::redisDiesUnderLoadAndEverythingIsArchived()
{
    QFETCH(const bool, keepsItsData);
    QuoinProcess &server = m_ground->ourServer();
    QVERIFY2(server.start(), server.report());
    QuoinProcess &worker = m_ground->ourWorker();
    QVERIFY2(worker.start(), worker.report());
    PostingLoad load(server.port(), 4, 100'000, "outage", std::chrono::milliseconds(5));
    QTRY_VERIFY_WITH_TIMEOUT(load.acknowledgedCount() > 100, 30'000);
    m_ground->redis().stop();
    const int atTheStop = load.acknowledgedCount();
    QTRY_VERIFY_WITH_TIMEOUT(load.acknowledgedCount() > atTheStop + 300, 30'000); // posts go on
    QVERIFY(m_ground->redis().restart(keepsItsData ? RedisServer::Data::Keep : RedisServer::Data::Drop));
    const int atTheReturn = load.acknowledgedCount();
    QTRY_VERIFY_WITH_TIMEOUT(load.acknowledgedCount() > atTheReturn + 100, 30'000);
    load.finish();
    QCOMPARE(load.refused() + load.unanswered(), QStringList());
    // First that all is done, then that nothing is left: between two pushes the queue is empty, too. What Redis took
    // and lost is pushed again at its return.
    const int records = int(load.acknowledged().size());
    const auto done = [&] { return tasksByState(m_ground->databaseUrl()).value(u"done"_s); };
    QTRY_COMPARE_WITH_TIMEOUT(done(), records, 60'000);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->whatIsLeft(), QString(), 60'000);
    QCOMPARE(recordsWithPackages(), records);
    QCOMPARE(doubles(), QStringList());
    server.terminate();
    worker.terminate();
    QVERIFY2(server.waitForExit() == 0, server.report());
    QVERIFY2(worker.waitForExit() == 0, worker.report());
}

void CeleryFleetTest::cleanup() { m_ground.reset(); }

QTEST_GUILESS_MAIN(CeleryFleetTest)
#include "tst_celeryfleet.moc"
