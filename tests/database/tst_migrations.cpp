// SPDX-License-Identifier: GPL-3.0-only
#include "testdatabase.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::database;

namespace {

MigrationStep same(const QString &name, const QStringList &statements) { return {name, statements, statements}; }

/// Not one of them may run twice.
QList<MigrationStep> threeSteps()
{
    return {same(u"shelf/0001-create"_s, {u"CREATE TABLE shelf (id BIGINT PRIMARY KEY, books BIGINT NOT NULL)"_s}),
            same(u"shelf/0002-index"_s,
                 {u"CREATE INDEX shelf_books ON shelf (books)"_s, u"INSERT INTO shelf VALUES (1, 0)"_s}),
            same(u"shelf/0003-books"_s, {u"UPDATE shelf SET books = books + 1"_s})};
}

int migrate(const QString &url)
{
    SqlDatabase database(*DatabaseUrl::parse(url));
    auto done = database.open();
    if (done)
        done = database.migrate(threeSteps());
    if (!done)
        qCritical("%s", qPrintable(done.error().message()));
    return done ? 0 : 1;
}

} // namespace

class TestMigrations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { TestDatabase::prepareRow(); }
    void cleanupTestCase() { TestDatabase::stopServer(); }

    void eachStepRunsOnce_data() { TestDatabase::addRows(); }
    void eachStepRunsOnce();
    void eightProcessesStartingAtOnceMigrateOnce_data() { TestDatabase::addRows(); }
    void eightProcessesStartingAtOnceMigrateOnce();
    void aFailingStepLeavesNothing_data() { TestDatabase::addRows(); }
    void aFailingStepLeavesNothing();
    void aCommitThatFailsLeavesNothing_data() { TestDatabase::addRows(); }
    void aCommitThatFailsLeavesNothing();
    void aChangedStepIsRefused_data() { TestDatabase::addRows(); }
    void aChangedStepIsRefused();
    void eachDialectHasItsStatements_data() { TestDatabase::addRows(); }
    void eachDialectHasItsStatements();
    void namesAreThereAndDiffer_data();
    void namesAreThereAndDiffer();
    void whatAnotherVersionAppliedIsLeftAlone_data() { TestDatabase::addRows(); }
    void whatAnotherVersionAppliedIsLeftAlone();
};

void TestMigrations::eachStepRunsOnce()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    auto steps = threeSteps();
    for (int i = 0; i < 3; ++i)
        QVERIFY(test.database().migrate(steps));
    QCOMPARE(test.integer(u"SELECT books FROM shelf"_s), 1);
    steps += same(u"shelf/0004"_s, {u"UPDATE shelf SET books = books + 10"_s});
    QVERIFY(test.database().migrate(steps));
    QCOMPARE(test.integer(u"SELECT books FROM shelf"_s), 11);
    QCOMPARE(test.integer(u"SELECT count(*) FROM quoin_migration"_s), 4);
}

void TestMigrations::eightProcessesStartingAtOnceMigrateOnce()
{
    QFETCH(QString, dialect);
    for (int round = 0; round < 5; ++round) {
        const QString url = TestDatabase::makeUrl(dialect);
        std::array<QProcess, 8> children;
        for (QProcess &child : children) {
            child.setProcessChannelMode(QProcess::MergedChannels);
            child.start(QCoreApplication::applicationFilePath(), {u"--migrate"_s, url});
        }
        for (QProcess &child : children) {
            QVERIFY(child.waitForFinished());
            const QByteArray output = child.readAll();
            QVERIFY2(child.exitStatus() == QProcess::NormalExit && child.exitCode() == 0, output.constData());
        }
        SqlDatabase database(*DatabaseUrl::parse(url));
        QVERIFY(database.open());
        const auto books = Database(&database)
                               .read([](Connection &connection) -> Result<qint64> {
                                   auto rows = connection.query(u"SELECT books FROM shelf"_s);
                                   return rows && rows->next() ? rows->integer(0) : -1;
                               })
                               .result();
        QCOMPARE(*books, 1);
    }
}

void TestMigrations::aFailingStepLeavesNothing()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    auto steps = threeSteps();
    steps.insert(2,
                 same(u"shelf/0002b-bad"_s,
                      {u"CREATE TABLE half (id BIGINT)"_s, u"INSERT INTO half VALUES (1)"_s,
                       u"INSERT INTO nowhere VALUES (1)"_s}));
    const auto failed = test.database().migrate(steps);
    QVERIFY(!failed);
    const QString message = failed.error().message();
    QVERIFY2(message.contains(u"migration \"shelf/0002b-bad\", statement 3 of 3"), qPrintable(message));
    QVERIFY2(message.contains(u"INSERT INTO nowhere"), qPrintable(message));
    QVERIFY2(
        message.contains(dialect == u"sqlite" ? u"no such table: nowhere" : u"relation \"nowhere\" does not exist"),
        qPrintable(message));

    QCOMPARE(test.integer(u"SELECT books FROM shelf"_s), 0); // The two before it stay, the one after it has not run.
    QCOMPARE(test.integer(u"SELECT count(*) FROM quoin_migration"_s), 2);
    test.execute(u"CREATE TABLE half (id BIGINT)"_s);
    steps[2] = same(u"shelf/0002b-bad"_s, {u"DROP TABLE half"_s}); // It was never applied, so it may be mended.
    QVERIFY(test.database().migrate(steps));
}

void TestMigrations::aCommitThatFailsLeavesNothing()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    const auto failed = test.database().migrate(
        {same(u"orphan/0001"_s,
              {u"CREATE TABLE parent (id BIGINT PRIMARY KEY)"_s,
               u"CREATE TABLE child (parent BIGINT REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)"_s,
               u"INSERT INTO child VALUES (1)"_s})});
    QVERIFY(!failed);
    QVERIFY2(failed.error().message().contains(u"migration \"orphan/0001\" could not be committed"),
             qPrintable(failed.error().message()));
    test.execute(u"CREATE TABLE parent (id BIGINT)"_s);
    QCOMPARE(test.integer(u"SELECT count(*) FROM quoin_migration"_s), 0);
}

void TestMigrations::aChangedStepIsRefused()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    auto steps = threeSteps();
    QVERIFY(test.database().migrate(steps));
    steps[1] = same(steps[1].name, {u"CREATE INDEX other ON shelf (books)"_s});
    const auto refused = test.database().migrate(steps);
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind(), ErrorKind::Conflict);
    QVERIFY2(refused.error().message().contains(u"migration \"shelf/0002-index\" was applied on 20"),
             qPrintable(refused.error().message()));
    QVERIFY(refused.error().message().contains(u"add a new one"));
}

void TestMigrations::eachDialectHasItsStatements()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    QVERIFY(test.database().migrate(
        {{u"one/0001"_s,
          {u"CREATE TABLE one (id INTEGER PRIMARY KEY AUTOINCREMENT)"_s},
          {u"CREATE TABLE one (id SERIAL PRIMARY KEY)"_s, u"CREATE INDEX ON one USING hash (id)"_s}}}));
    test.execute(u"INSERT INTO one DEFAULT VALUES"_s);
    QCOMPARE(test.integer(u"SELECT id FROM one"_s), 1);
}

void TestMigrations::namesAreThereAndDiffer_data()
{
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<QString>("reason");
    QTest::newRow("twice") << QStringList{u"a"_s, u"b"_s, u"a"_s} << u"two migrations are called \"a\""_s;
    QTest::newRow("none") << QStringList{u"a"_s, QString()} << u"a migration has no name"_s;
}

void TestMigrations::namesAreThereAndDiffer()
{
    QFETCH(QStringList, names);
    QFETCH(QString, reason);
    TestDatabase test(u"sqlite"_s);
    QList<MigrationStep> steps;
    for (const QString &name : names)
        steps += same(name, {u"CREATE TABLE IF NOT EXISTS a (id BIGINT)"_s});
    const auto refused = test.database().migrate(steps);
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind(), ErrorKind::Invalid);
    QCOMPARE(refused.error().message(), reason);
}

void TestMigrations::whatAnotherVersionAppliedIsLeftAlone()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    QVERIFY(test.database().migrate(threeSteps()));
    QVERIFY(test.database().migrate({threeSteps().first()}));
    QCOMPARE(test.integer(u"SELECT count(*) FROM quoin_migration"_s), 3);
}

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    if (app.arguments().value(1) == u"--migrate")
        return migrate(app.arguments().value(2));
    TestMigrations test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_migrations.moc"
