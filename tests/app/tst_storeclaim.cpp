// SPDX-License-Identifier: GPL-3.0-only
#include "storeclaim.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::server;

class StoreClaimTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachSupervisorHasAStoreOfItsOwn();
    void aStoreIsFreeAgainWhenItsSupervisorIsGone();
    void anUnsafeFolderIsNamed();
};

void StoreClaimTest::eachSupervisorHasAStoreOfItsOwn()
{
    const QTemporaryDir folder;
    const auto first = StoreClaim::take(folder.path());
    const auto second = StoreClaim::take(folder.path());
    QVERIFY(first && second);
    QCOMPARE(first->path, folder.path() + u"/plugin-store"_s);
    QCOMPARE(second->path, folder.path() + u"/plugin-store-2"_s);
    QCOMPARE(QFileInfo(second->path).permissions() & ~QFileDevice::Permissions(0xf000),
             QFileDevice::ReadUser | QFileDevice::WriteUser | QFileDevice::ExeUser);
}

void StoreClaimTest::aStoreIsFreeAgainWhenItsSupervisorIsGone()
{
    const QTemporaryDir folder;
    auto first = StoreClaim::take(folder.path());
    const auto second = StoreClaim::take(folder.path());
    QVERIFY(first && second);
    first->lock = {};
    QCOMPARE(StoreClaim::take(folder.path())->path, folder.path() + u"/plugin-store"_s);
}

void StoreClaimTest::anUnsafeFolderIsNamed()
{
    const QTemporaryDir folder;
    QFile::setPermissions(folder.path(), QFile::permissions(folder.path()) | QFileDevice::WriteOther);
    const auto claim = StoreClaim::take(folder.path());
    QVERIFY(!claim);
    QVERIFY2(claim.error().message().contains(folder.path()), qPrintable(claim.error().message()));
}

QTEST_GUILESS_MAIN(StoreClaimTest)
#include "tst_storeclaim.moc"
