// SPDX-License-Identifier: GPL-3.0-only
#include "archive.h"
#include "databases.h"
#include "load.h"
#include "peerprocess.h"
#include "support/quoinprocess.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QUrl>
#include <QUrlQuery>

#include <thread>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Flask processes with the tutorial's model and ours, both running, on the same PostgreSQL and on the same SQLite
/// file: nobody can tell who stored a record.
class OneDatabaseTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void eitherMayStartFirstAndEachServesWhatTheOtherStores_data();
    void eitherMayStartFirstAndEachServesWhatTheOtherStores();
    void idsNeverClashWithBothWritingAtOnce_data() { addDatabaseRows(); }
    void idsNeverClashWithBothWritingAtOnce();
    void aTableThatAppearsWhileWeMakeItIsTaken();
    void bothMayStartOnAnEmptyDatabaseAtTheSameMoment();
    void whatWasPostedIsServedWhateverPythonMakesOfIt_data() { addDatabaseRows(); }
    void whatWasPostedIsServedWhateverPythonMakesOfIt();
    void whatPythonChangesAndRemovesIsChangedAndGone_data() { addDatabaseRows(); }
    void whatPythonChangesAndRemovesIsChangedAndGone();
    void cleanup();

private:
    void useDatabase(bool postgresql);
    bool startFlask();
    bool startOurs() { return m_server->start(); }
    QByteArray python(const QStringList &arguments);

    std::unique_ptr<PostgresServer> m_postgres; ///< One cluster for all, a database for each.
    int m_databases = 0;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<QuoinProcess> m_server;
    std::unique_ptr<PeerProcess> m_flask;
};

namespace {

/// Makes the table as SQLAlchemy does and commits when somebody waits to make it, too.
void makeTableSlowly(const QString &url, std::atomic<bool> &isHeld)
{
    const QUrl place(url);
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QPSQL"_s, u"other"_s);
        database.setDatabaseName(place.path().mid(1));
        database.setUserName(u"quoin"_s);
        database.setHostName(QUrlQuery(place).queryItemValue(u"host"_s, QUrl::FullyDecoded));
        QSqlQuery query(database.open() ? database : QSqlDatabase());
        if (!database.transaction()
            || !query.exec(u"CREATE TABLE record (id SERIAL NOT NULL, json JSON, PRIMARY KEY (id))"_s))
            qWarning() << "cannot make the table:" << database.lastError().text() << query.lastError().text();
        isHeld = true;
        QElapsedTimer clock;
        clock.start();
        do
            query.exec(u"SELECT 1 FROM pg_locks WHERE NOT granted"_s);
        while (!query.next() && clock.elapsed() < 30'000);
        database.commit();
    }
    QSqlDatabase::removeDatabase(u"other"_s);
}

} // namespace

void OneDatabaseTest::initTestCase()
{
    const QString missing = missingForPeer();
    if (!missing.isEmpty())
        QSKIP(qPrintable(u"install the Debian package "_s + missing));
}

void OneDatabaseTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_server = std::make_unique<QuoinProcess>(m_directory->path());
}

void OneDatabaseTest::useDatabase(bool postgresql)
{
    if (postgresql) {
        if (!m_postgres)
            m_postgres = std::make_unique<PostgresServer>();
        const QString name = u"shared%1"_s.arg(++m_databases);
        QVERIFY2((m_postgres->isRunning() || m_postgres->start()) && m_postgres->createDatabase(name),
                 m_postgres->log());
        m_server->set(u"database.url"_s, m_postgres->url(name));
    }
    auto environment = peerEnvironment();
    environment.insert(u"SQLALCHEMY_DATABASE_URI"_s, m_server->databaseUrl());
    m_flask = std::make_unique<PeerProcess>(m_directory->filePath(u"flask"_s), environment);
}

/// It listens before its workers have imported the application; the first answer says that they have.
bool OneDatabaseTest::startFlask()
{
    return m_flask->startWeb(1) && HttpClient(m_flask->port()).get("/record").status == 200;
}

QByteArray OneDatabaseTest::python(const QStringList &arguments)
{
    QString fault;
    const QByteArray output = runPython(arguments, m_server->databaseUrl(), &fault);
    if (!fault.isEmpty())
        qWarning().noquote() << fault;
    return output.trimmed();
}

void OneDatabaseTest::eitherMayStartFirstAndEachServesWhatTheOtherStores_data()
{
    QTest::addColumn<bool>("postgresql");
    QTest::addColumn<bool>("flaskIsFirst");
    QTest::newRow("SQLite, Flask first") << false << true;
    QTest::newRow("SQLite, we first") << false << false;
    if (PostgresServer::binaries().isEmpty())
        return;
    QTest::newRow("PostgreSQL, Flask first") << true << true;
    QTest::newRow("PostgreSQL, we first") << true << false;
}

void OneDatabaseTest::eitherMayStartFirstAndEachServesWhatTheOtherStores()
{
    QFETCH(const bool, postgresql);
    QFETCH(const bool, flaskIsFirst);
    useDatabase(postgresql);
    if (flaskIsFirst)
        QVERIFY2(startFlask(), m_flask->report());
    QVERIFY2(startOurs(), m_server->report());
    if (!flaskIsFirst)
        QVERIFY2(startFlask(), m_flask->report());

    HttpClient ours(m_server->port());
    HttpClient theirs(m_flask->port());
    int id = 0;
    const QList<QByteArray> values = {
        R"({"z":1,"a":[true,null,"x"],"é":"\ud83d\ude00"})", "[]", "null", "17", R"("text")", "{}"};
    for (const QByteArray &value : values) {
        for (HttpClient *writer : {&ours, &theirs}) {
            ++id;
            const QByteArray target = "/record/" + QByteArray::number(id);
            const HttpReply stored = writer->post("/record", value);
            QCOMPARE(stored.status, 200);
            QVERIFY2(stored.body.startsWith("{\"id\":" + QByteArray::number(id) + ','), stored.body);
            const QJsonObject record = QJsonDocument::fromJson(ours.get(target).body).object();
            QCOMPARE(record.value(u"id"_s).toInt(), id);
            QCOMPARE(record.value(u"data"_s), QJsonDocument::fromJson('[' + value + ']').array().first());
            QCOMPARE(QJsonDocument::fromJson(theirs.get(target).body).object(), record);
        }
    }
    QCOMPARE(ours.get("/record").body.count(R"({"id":)"), id);
    QCOMPARE(theirs.get("/record").body.count(R"({"id":)"), id);
}

/// Two processes of ours and two of theirs, four clients each.
void OneDatabaseTest::idsNeverClashWithBothWritingAtOnce()
{
    QFETCH(const bool, postgresql);
    if (!postgresql) // SQLite's lock goes to who looks first: on a slow disk somebody may wait for longer than 5 s
        m_server->set(u"database.url"_s, m_server->databaseUrl() + u"?timeout=25"_s);
    useDatabase(postgresql);
    m_server->set(u"http.workers"_s, u"2"_s);
    QVERIFY2(startOurs(), m_server->report());
    QVERIFY2(m_flask->startWeb(2) && HttpClient(m_flask->port()).get("/record").status == 200, m_flask->report());

    constexpr int clients = 4;
    constexpr int theirShare = 50;
    PostingLoad theirs(m_flask->port(), clients, theirShare, "theirs");
    PostingLoad ours(m_server->port(), clients, 100'000, "ours", std::chrono::milliseconds(10));
    QTRY_COMPARE_WITH_TIMEOUT(theirs.endedCount(), clients * theirShare, 60'000);
    ours.finish();
    theirs.finish();
    for (const auto *load : {&ours, &theirs}) {
        const QStringList failed = load->refused() + load->unanswered();
        QVERIFY2(failed.isEmpty(), qPrintable(failed.join(u'\n')));
    }

    QHash<qint64, QByteArray> acknowledged;
    for (const auto &load : {&ours, &theirs}) {
        for (const auto &record : load->acknowledged()) {
            QVERIFY2(!acknowledged.contains(record.id), "an id was given twice");
            acknowledged.insert(record.id, record.text);
        }
    }
    const auto stored = storedRecords(m_server->databaseUrl());
    QCOMPARE(stored.size(), acknowledged.size());
    for (auto record = acknowledged.cbegin(); record != acknowledged.cend(); ++record)
        QCOMPARE(QByteArray(stored.value(record.key())).replace(": ", ":").replace(", ", ","), record.value());
    for (const quint16 port : {m_server->port(), m_flask->port()})
        QCOMPARE(HttpClient(port).get("/record").body.count(R"({"id":)"), acknowledged.size());

    // And ours, of which nobody else knows, are archived, each once.
    QTRY_COMPARE_WITH_TIMEOUT(packagesByRecord(m_server->sipDirectory()).size(), ours.acknowledged().size(), 60'000);
    const auto packages = packagesByRecord(m_server->sipDirectory());
    for (const auto &record : ours.acknowledged())
        QCOMPARE(packages.value(record.id).size(), 1);
    qInfo() << ours.acknowledged().size() << "records by us," << theirs.acknowledged().size() << "by Flask";
}

/// SQLAlchemy looks whether there is a table, then makes it in a transaction: the moment in between, held until we wait
/// for it.
void OneDatabaseTest::aTableThatAppearsWhileWeMakeItIsTaken()
{
    if (PostgresServer::binaries().isEmpty())
        QSKIP("install the Debian package postgresql");
    useDatabase(true);
    std::atomic<bool> isHeld = false;
    std::thread other([&, url = m_server->databaseUrl()] { makeTableSlowly(url, isHeld); });
    while (!isHeld)
        std::this_thread::yield();
    const bool hasStarted = startOurs();
    other.join();
    QVERIFY2(hasStarted, m_server->report());
    QCOMPARE(HttpClient(m_server->port()).post("/record", "[1]").body, R"({"id":1,"data":[1]})");
}

void OneDatabaseTest::bothMayStartOnAnEmptyDatabaseAtTheSameMoment()
{
    if (PostgresServer::binaries().isEmpty())
        QSKIP("install the Debian package postgresql");
    int flaskHadToStartAgain = 0;
    for (int round = 0; round < 3; ++round) {
        init();
        useDatabase(true);
        m_flask->launchWeb(1);
        QVERIFY2(startOurs(), m_server->report());
        // SQLAlchemy cannot make a table that somebody else makes at that moment. That is Flask's own; what starts it
        // anew, as every supervisor does, finds the table.
        if (!m_flask->waitForWeb() || HttpClient(m_flask->port()).get("/record").status != 200) {
            ++flaskHadToStartAgain;
            QVERIFY2(startFlask(), m_flask->report());
        }
        QCOMPARE(HttpClient(m_flask->port()).post("/record", "[1]").body, "{\"id\":1,\"data\":[1]}\n");
        QCOMPARE(HttpClient(m_server->port()).post("/record", "[2]").body, R"({"id":2,"data":[2]})");
    }
    qInfo() << "Flask had to start again" << flaskHadToStartAgain << "times";
}

void OneDatabaseTest::whatWasPostedIsServedWhateverPythonMakesOfIt()
{
    QFETCH(const bool, postgresql);
    useDatabase(postgresql);
    QVERIFY2(startFlask(), m_flask->report());
    QVERIFY2(startOurs(), m_server->report());
    HttpClient ours(m_server->port());
    HttpClient theirs(m_flask->port());
    const QList<QByteArray> values = {"12345678901234567890123",
                                      "0.1000000000000000055511151231257827",
                                      "1e400",
                                      "-0.0",
                                      "1.50",
                                      R"({"b":1,"a":2,"b":3})",
                                      R"("\u00e9\/")"};
    int id = 0;
    for (const QByteArray &value : values) {
        const QByteArray record = R"({"id":)" + QByteArray::number(++id) + R"(,"data":)" + value + '}';
        QCOMPARE(ours.post("/record", value).body, record);
        QCOMPARE(theirs.get("/record/" + QByteArray::number(id)).status, 200); // read as Python reads numbers
        QCOMPARE(ours.get("/record/" + QByteArray::number(id)).body, record);
    }
    QCOMPARE(theirs.get("/record").status, 200);
    const QByteArray every = ours.get("/record").body;
    for (const QByteArray &value : values)
        QVERIFY2(every.contains(R"("data":)" + value + '}'), every);
}

void OneDatabaseTest::whatPythonChangesAndRemovesIsChangedAndGone()
{
    QFETCH(const bool, postgresql);
    useDatabase(postgresql);
    QVERIFY2(startOurs(), m_server->report());
    HttpClient ours(m_server->port());
    for (const char *value : {"[1]", "[2]", "[3]"})
        QCOMPARE(ours.post("/record", value).status, 200);
    QCOMPARE(python({u"edit.py"_s, u"2"_s, u"{\"new\": 1.5}"_s}), "changed");
    QCOMPARE(python({u"edit.py"_s, u"3"_s}), "removed");
    QCOMPARE(ours.get("/record/2").body, R"({"id":2,"data":{"new": 1.5}})");
    QCOMPARE(ours.get("/record/3").status, 404);
    QCOMPARE(ours.get("/record").body, R"({"results":[{"id":1,"data":[1]},{"id":2,"data":{"new": 1.5}}]})");
    QCOMPARE(ours.post("/record", "[4]").body, R"({"id":4,"data":[4]})"); // an id that was given is not given again
}

void OneDatabaseTest::cleanup()
{
    m_flask.reset();
    if (m_server->isRunning() && !QTest::currentTestFailed()) {
        m_server->terminate();
        QVERIFY2(m_server->waitForExit() == 0, m_server->report());
    }
    m_server.reset();
    m_directory.reset();
}

QTEST_GUILESS_MAIN(OneDatabaseTest)
#include "tst_onedatabase.moc"
