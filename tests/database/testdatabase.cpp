// SPDX-License-Identifier: GPL-3.0-only
#include "testdatabase.h"

#include "../support/postgresserver.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::database;

namespace {

struct Ground
{
    QTemporaryDir folder;
    PostgresServer server;
    int count = 0;
};

std::unique_ptr<Ground> &ground()
{
    static std::unique_ptr<Ground> instance;
    if (!instance)
        instance = std::make_unique<Ground>();
    return instance;
}

} // namespace

void TestDatabase::addRows()
{
    QTest::addColumn<QString>("dialect");
    QTest::newRow("sqlite") << u"sqlite"_s;
    QTest::newRow("postgresql") << u"postgresql"_s;
}

void TestDatabase::prepareRow()
{
    QTest::failOnWarning(QRegularExpression(u"^Q|connection|statement"_s));
    const QByteArray row(QTest::currentDataTag());
    if (row.startsWith("postgresql") && !isAvailable(u"postgresql"_s))
        QSKIP("PostgreSQL is not installed (Debian: postgresql)");
}

bool TestDatabase::isAvailable(const QString &dialect)
{
    return dialect == u"sqlite" || !PostgresServer::binaries().isEmpty();
}

QString TestDatabase::makeUrl(const QString &dialect)
{
    Ground &all = *ground();
    const QString name = u"test%1"_s.arg(++all.count);
    if (dialect == u"sqlite")
        return "sqlite:///"_L1 + all.folder.filePath(name + ".db"_L1);
    if ((!all.server.isRunning() && !all.server.start()) || !all.server.createDatabase(name))
        qFatal("PostgreSQL does not start: %s", all.server.log().constData());
    return all.server.url(name);
}

void TestDatabase::stopServer() { ground().reset(); }

TestDatabase::TestDatabase(const QString &dialect, const DatabaseOptions &options)
    : m_url(makeUrl(dialect))
{
    const auto url = DatabaseUrl::parse(m_url);
    if (!url)
        qFatal("%s", qPrintable(url.error().message()));
    m_database = std::make_unique<SqlDatabase>(*url, options);
    if (const auto opened = m_database->open(); !opened)
        qFatal("%s", qPrintable(opened.error().message()));
}

TestDatabase::~TestDatabase() = default;

void TestDatabase::execute(const QString &sql, const QVariantList &values)
{
    auto future = jobs().write([=](Connection &connection) { return connection.execute(sql, values); });
    const auto done = future.result();
    QVERIFY2(done, qPrintable(done ? QString() : done.error().message()));
}

qint64 TestDatabase::integer(const QString &sql, const QVariantList &values)
{
    auto future = jobs().read([=](Connection &connection) -> Result<qint64> {
        auto rows = connection.query(sql, values);
        if (!rows)
            return rows.error();
        return rows->next() ? rows->integer(0) : -1;
    });
    const auto read = future.result();
    if (!read)
        QTest::qFail(qPrintable(read.error().message()), __FILE__, __LINE__);
    return read ? *read : -1;
}
