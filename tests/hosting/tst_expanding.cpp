// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/expanding.h"
#include "plugins/sqlwords.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::plugins;

namespace {

DescriptionFacts with(const QStringList &sqlite, const QStringList &postgresql = {})
{
    DescriptionFacts facts;
    facts.migrations.append({u"stock/0001-first"_s, {u"CREATE TABLE stock (id INTEGER)"_s}, {}});
    facts.migrations.append({u"stock/0002-second"_s, sqlite, postgresql});
    return facts;
}

} // namespace

/// The previous version of a plugin runs while the migrations of the next one are done.
class TestExpanding final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatOnlyAddsIsLetThrough_data();
    void whatOnlyAddsIsLetThrough();
    void whatTakesAwayIsRefused_data();
    void whatTakesAwayIsRefused();
    void bothDialectsAreLookedAt();
    void theMigrationAndTheStatementAreNamed();
    void anyTextIsRead();
};

void TestExpanding::whatOnlyAddsIsLetThrough_data()
{
    QTest::addColumn<QString>("sql");
    for (const char *sql : {
             "CREATE TABLE drop_off (id INTEGER, \"drop\" TEXT DEFAULT 'DROP TABLE stock')",
             "CREATE UNIQUE INDEX IF NOT EXISTS by_name ON stock (name)",
             "ALTER TABLE stock ADD COLUMN type TEXT",
             "ALTER TABLE stock ADD type TEXT",
             "ALTER TABLE IF EXISTS ONLY public.stock ADD COLUMN IF NOT EXISTS size INTEGER NOT NULL DEFAULT 0, ADD b "
             "TEXT",
             "ALTER TABLE stock ADD COLUMN size INTEGER CHECK (size IS NOT NULL)",
             "ALTER TABLE stock ADD COLUMN id2 BIGINT GENERATED ALWAYS AS IDENTITY NOT NULL",
             "ALTER TABLE stock ADD CONSTRAINT positive CHECK (size > 0) NOT VALID",
             "ALTER TABLE stock ALTER COLUMN size SET DEFAULT 1, ALTER size DROP NOT NULL",
             "ALTER TYPE colour ADD VALUE 'green'",
             "INSERT INTO stock (id) VALUES (1); UPDATE stock SET size = 1",
             "DELETE FROM stock WHERE id = 7",
             "WITH old AS (DELETE FROM stock WHERE id < 7 RETURNING *) INSERT INTO archive SELECT * FROM old",
             "CREATE INDEX CONCURRENTLY by_size ON stock (size); DROP INDEX CONCURRENTLY IF EXISTS public.by_size",
             "-- DROP TABLE stock\nSELECT 1 /* ; DROP TABLE stock; */",
             "SELECT '''; DROP TABLE stock; --', \"a\"\"; DROP TABLE b\", `c; DROP TABLE d`",
             "SELECT E'it\\'s; DROP TABLE stock'",
             "SELECT $$; DROP TABLE stock;$$, $tag$ $$; DROP TABLE stock; $tag$, $1",
             "CREATE TRIGGER emptied AFTER INSERT ON stock BEGIN DELETE FROM recent; DROP TABLE never; END",
             "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM recent $$",
             "DO $$ BEGIN CREATE TABLE IF NOT EXISTS later (id INTEGER); END $$",
         })
        QTest::newRow(sql) << QString::fromUtf8(sql);
}

void TestExpanding::whatOnlyAddsIsLetThrough()
{
    QFETCH(QString, sql);
    const auto fault = expandingFault(with({sql}));
    QVERIFY2(!fault, fault ? qPrintable(fault->reason) : "");
}

void TestExpanding::whatTakesAwayIsRefused_data()
{
    QTest::addColumn<QString>("sql");
    for (const char *sql : {
             "DROP TABLE stock",
             "drop table if exists stock",
             " \n/* why */ DROP /* not */ VIEW v",
             "CREATE TABLE a (id INTEGER); DROP TABLE stock",
             "DROP INDEX somebody_elses",
             "CREATE UNIQUE INDEX u ON stock (id); DROP INDEX u",
             "TRUNCATE stock",
             "ALTER TABLE stock DROP COLUMN size",
             "ALTER TABLE stock DROP size",
             "ALTER TABLE stock ADD COLUMN a TEXT DEFAULT f(1, 2), DROP COLUMN size",
             "ALTER TABLE stock DROP CONSTRAINT stock_pkey",
             "ALTER TABLE stock RENAME TO shelf",
             "ALTER TABLE \"my stock\" RENAME COLUMN a TO b",
             "ALTER TABLE stock RENAME a TO b",
             "ALTER TABLE stock SET SCHEMA other",
             "ALTER TABLE stock ALTER COLUMN size TYPE BIGINT",
             "ALTER TABLE stock ALTER size SET DATA TYPE BIGINT",
             "ALTER TABLE stock ALTER COLUMN \"type\" SET NOT NULL",
             "ALTER TABLE stock ALTER COLUMN size DROP DEFAULT",
             "ALTER TABLE stock ADD COLUMN size INTEGER NOT NULL",
             "ALTER TABLE stock DETACH PARTITION old",
             "ALTER INDEX by_name RENAME TO by_title",
             "ALTER TYPE colour RENAME VALUE 'a' TO 'b'",
             "DELETE FROM stock",
             "WITH gone AS (DELETE FROM stock RETURNING *) SELECT 1",
             "SELECT 'it''s'; DROP TABLE stock",
             "SELECT $a$ text $a$; DROP TABLE stock",
             "SELECT E'\\\\'; DROP TABLE stock",
             "/* SQLite does not nest /* these */ DROP TABLE stock",
             "DO $$ BEGIN DROP TABLE stock; END $$",
             "CREATE TEMP TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f(); DROP TABLE stock",
         })
        QTest::newRow(sql) << QString::fromUtf8(sql);
}

void TestExpanding::whatTakesAwayIsRefused()
{
    QFETCH(QString, sql);
    QVERIFY(expandingFault(with({sql})));
}

void TestExpanding::bothDialectsAreLookedAt()
{
    const QString adds = u"ALTER TABLE stock ADD COLUMN a TEXT"_s;
    const QString takes = u"TRUNCATE stock"_s;
    QVERIFY(!expandingFault(with({adds}, {adds})));
    QVERIFY(expandingFault(with({adds, takes}, {adds})));
    QVERIFY(expandingFault(with({adds}, {adds, takes})));
    QVERIFY(!expandingFault(DescriptionFacts()));
}

void TestExpanding::theMigrationAndTheStatementAreNamed()
{
    const auto fault = expandingFault(with({u"SELECT 1"_s, u"ALTER TABLE stock\n  DROP COLUMN size"_s}));
    QVERIFY(fault);
    QCOMPARE(fault->reason,
             u"its migration stock/0002-second takes away what the version that still runs may need: "
             "ALTER TABLE STOCK DROP COLUMN SIZE"_s);
    QVERIFY(fault->remedy.contains(u"by hand"_s));
}

/// Text that ends in the middle of anything.
void TestExpanding::anyTextIsRead()
{
    const QString all
        = u"SELECT 'a''b', \"c\", `d`, E'\\'e', $$f$$, $g$h$g$ -- i\n/* j */; ALTER TABLE k (l, (m)) DROP n;"_s;
    for (qsizetype from = 0; from < all.size(); ++from) {
        for (qsizetype size = 0; size <= all.size() - from; ++size) {
            for (const SqlStatement &statement : sqlStatements(all.sliced(from, size)))
                QVERIFY(!statement.isEmpty());
            (void)expandingFault(with({all.sliced(from, size)}));
        }
    }
    QCOMPARE(sqlStatements(u" ; ;; -- nothing"_s).size(), 0);
}

QTEST_GUILESS_MAIN(TestExpanding)
#include "tst_expanding.moc"
