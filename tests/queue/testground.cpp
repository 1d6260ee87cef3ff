// SPDX-License-Identifier: GPL-3.0-only
#include "testground.h"

#include "../support/postgresserver.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

struct Ground
{
    QTemporaryDir folder;
    PostgresServer server;
    int count = 0;
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

QString TestGround::makeUrl(const QString &dialect)
{
    Ground &all = theGround();
    const QString name = u"test%1"_s.arg(++all.count);
    if (dialect == u"sqlite"_s)
        return u"sqlite:///"_s + filePath(name + u".db"_s);
    if ((!all.server.isRunning() && !all.server.start()) || !all.server.createDatabase(name))
        qFatal("PostgreSQL does not start: %s", all.server.log().constData());
    return all.server.url(name);
}

QString TestGround::filePath(const QString &name) { return theGround().folder.filePath(name); }

void TestGround::end() { ground.reset(); }
