// SPDX-License-Identifier: GPL-3.0-only
#include "testground.h"

#include "../support/postgresserver.h"
#include "../support/redisserver.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTest>

using namespace Qt::StringLiterals;
using quoin::test::RedisServer;

namespace {

struct Ground
{
    QTemporaryDir folder;
    PostgresServer server;
    RedisServer redis;
    int count = 0;
    QSqlDatabase holder; ///< Of SQLite's write lock, while blocked.
};
std::unique_ptr<Ground> ground;

Ground &theGround()
{
    if (!ground)
        ground = std::make_unique<Ground>();
    return *ground;
}

} // namespace

void TestGround::addDialects()
{
    QTest::addColumn<QString>("dialect");
    QTest::newRow("sqlite") << u"sqlite"_s;
    if (!PostgresServer::binaries().isEmpty())
        QTest::newRow("postgresql") << u"postgresql"_s;
}

void TestGround::addQueues()
{
    addDialects();
    if (!RedisServer::isInstalled())
        return;
    QTest::newRow("celery on sqlite") << u"celery sqlite"_s;
    if (!PostgresServer::binaries().isEmpty())
        QTest::newRow("celery on postgresql") << u"celery postgresql"_s;
}

QString TestGround::databaseUrl(const QString &url) { return url.section(u' ', 0, 0); }

QString TestGround::brokerUrl(const QString &url) { return url.section(u' ', 1, 1); }

QString TestGround::makeUrl(const QString &dialect)
{
    Ground &all = theGround();
    if (dialect.startsWith(u"celery "_s)) {
        if (!all.redis.isRunning() && !all.redis.start())
            qFatal("Redis does not start: %s", all.redis.log().constData());
        all.redis.cli({u"FLUSHALL"_s});
        return makeUrl(dialect.section(u' ', 1)) + u' ' + all.redis.url();
    }
    const QString name = u"test%1"_s.arg(++all.count);
    if (dialect == u"sqlite"_s)
        return u"sqlite:///"_s + filePath(name + u".db"_s);
    if ((!all.server.isRunning() && !all.server.start()) || !all.server.createDatabase(name))
        qFatal("PostgreSQL does not start: %s", all.server.log().constData());
    return all.server.url(name);
}

void TestGround::block(const QString &url)
{
    Ground &all = theGround();
    if (!url.startsWith(u"sqlite"_s))
        return all.server.stop();
    all.holder = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"holder"_s);
    all.holder.setDatabaseName(databaseUrl(url).mid(10).section(u'?', 0, 0));
    QSqlQuery query(all.holder.open() ? all.holder : QSqlDatabase());
    while (!query.exec(u"BEGIN IMMEDIATE"_s)) { // our own writers may be at it
        if (!query.lastError().text().contains(u"locked"_s))
            qFatal("%s", qPrintable(query.lastError().text()));
    }
}

void TestGround::unblock()
{
    Ground &all = theGround();
    if (all.holder.isOpen()) {
        all.holder.close(); // ends its transaction
        all.holder = {};
        QSqlDatabase::removeDatabase(u"holder"_s);
    } else if (!all.server.start()) {
        qFatal("PostgreSQL does not start again: %s", all.server.log().constData());
    }
}

QString TestGround::filePath(const QString &name) { return theGround().folder.filePath(name); }

void TestGround::end() { ground.reset(); }
