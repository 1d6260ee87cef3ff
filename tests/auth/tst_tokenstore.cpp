// SPDX-License-Identifier: GPL-3.0-only
#include "auth/tokenstore.h"
#include "authdatabase.h"

#include <QTest>

#include <atomic>
#include <thread>
#include <vector>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::auth;

class TokenStoreTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { TestDatabase::prepareRow(); }
    void whatWasMadeIsFoundByItsHashAlone_data() { TestDatabase::addRows(); }
    void whatWasMadeIsFoundByItsHashAlone();
    void theSecretIsNotStored_data() { TestDatabase::addRows(); }
    void theSecretIsNotStored();
    void whatIsNoNameOrScopeIsRefused_data();
    void whatIsNoNameOrScopeIsRefused();
    void aNameIsTakenUntilItsTokenIsRevoked_data() { TestDatabase::addRows(); }
    void aNameIsTakenUntilItsTokenIsRevoked();
    void ofManyThatMakeTheSameNameAtOnceOneDoes_data() { TestDatabase::addRows(); }
    void ofManyThatMakeTheSameNameAtOnceOneDoes();
    void aTokenIsRevokedByNameOrIdAndOnce_data() { TestDatabase::addRows(); }
    void aTokenIsRevokedByNameOrIdAndOnce();
    void whoRevokesWhatIsNotThereIsToldWhatIs_data() { TestDatabase::addRows(); }
    void whoRevokesWhatIsNotThereIsToldWhatIs();
    void theLatestUseIsKept_data() { TestDatabase::addRows(); }
    void theLatestUseIsKept();
    void onlyALiveWriterIsOne_data() { TestDatabase::addRows(); }
    void onlyALiveWriterIsOne();
    void cleanupTestCase() { TestDatabase::stopServer(); }
};

namespace {

constexpr qint64 now = 1'795'000'000'000'042;

} // namespace

void TokenStoreTest::whatWasMadeIsFoundByItsHashAlone()
{
    QFETCH(const QString, dialect);
    AuthDatabase database(dialect);
    const TokenStore store(database.jobs());
    const auto made
        = store.create({u"laptop \u00e4\u20ac"_s, {u"admin"_s, u"records:read"_s, u"admin"_s}, now + 7}, now).result();
    QVERIFY2(made, qPrintable(made.error().message()));

    const auto found = store.find(made->text.hash()).result();
    QVERIFY(found && *found);
    QCOMPARE((*found)->id, made->row.id);
    QCOMPARE((*found)->name, u"laptop \u00e4\u20ac"_s);
    QCOMPARE((*found)->scopes, (QStringList{u"admin"_s, u"records:read"_s}));
    QCOMPARE((*found)->created, now);
    QCOMPARE((*found)->expires, std::optional<qint64>(now + 7));
    QCOMPARE((*found)->beginning, made->text.text().first(10));
    QVERIFY(!(*found)->lastUsed && !(*found)->revoked);
    QVERIFY((*found)->isLive(now + 6));
    QVERIFY(!(*found)->isLive(now + 7));

    const auto other = store.find(TokenText::random().hash()).result();
    QVERIFY(other && !*other);
}

void TokenStoreTest::theSecretIsNotStored()
{
    QFETCH(const QString, dialect);
    AuthDatabase database(dialect);
    const auto made = TokenStore(database.jobs()).create({u"a"_s, {u"admin"_s}, {}}, now).result();
    QVERIFY(made);
    const QString secret = QString::fromLatin1(made->text.text().sliced(10));
    QCOMPARE(database.integer(u"SELECT count(*) FROM token WHERE name || beginning || hash || scopes LIKE '%%1%'"_s.arg(
                 secret.left(12))),
             0);
}

void TokenStoreTest::whatIsNoNameOrScopeIsRefused_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("scopes");
    QTest::addColumn<QString>("said");
    const QStringList good{u"admin"_s};
    QTest::newRow("no name") << u"sqlite"_s << QString() << good << u"name"_s;
    QTest::newRow("a line break") << u"sqlite"_s << u"a\nb"_s << good << u"name"_s;
    QTest::newRow("space around") << u"sqlite"_s << u" a"_s << good << u"name"_s;
    QTest::newRow("too long") << u"sqlite"_s << QString(201, u'a') << good << u"name"_s;
    QTest::newRow("no scope") << u"sqlite"_s << u"a"_s << QStringList() << u"scope"_s;
    QTest::newRow("two in one") << u"sqlite"_s << u"a"_s << QStringList{u"admin records:read"_s} << u"records:read"_s;
}

void TokenStoreTest::whatIsNoNameOrScopeIsRefused()
{
    QFETCH(const QString, name);
    QFETCH(const QStringList, scopes);
    QFETCH(const QString, said);
    AuthDatabase database(u"sqlite"_s);
    const auto made = TokenStore(database.jobs()).create({name, scopes, {}}, now).result();
    QVERIFY(!made);
    QCOMPARE(made.error().kind(), ErrorKind::Invalid);
    QVERIFY2(made.error().message().contains(said), qPrintable(made.error().message()));
    QCOMPARE(database.integer(u"SELECT count(*) FROM token"_s), 0);
}

void TokenStoreTest::aNameIsTakenUntilItsTokenIsRevoked()
{
    QFETCH(const QString, dialect);
    AuthDatabase database(dialect);
    const TokenStore store(database.jobs());
    const auto first = store.create({u"a"_s, {u"admin"_s}, now + 1}, now).result();
    QVERIFY(first);
    const auto second = store.create({u"a"_s, {u"admin"_s}, {}}, now + 10).result(); // although it has expired
    QVERIFY(!second);
    QCOMPARE(second.error().kind(), ErrorKind::Conflict);
    QVERIFY(second.error().message().contains(u"\"a\""));

    QVERIFY(store.create({u"a"_s, {u"admin"_s}, {}, true}, now + 20).result()); // in its place
    const auto replaced = store.find(first->text.hash()).result();
    QVERIFY(replaced && *replaced);
    QCOMPARE((*replaced)->revoked, std::optional<qint64>(now + 20));

    QVERIFY(store.revoke(u"a"_s, now + 30).result());
    QVERIFY(store.create({u"a"_s, {u"admin"_s}, {}}, now + 40).result());
    QCOMPARE(database.integer(u"SELECT count(*) FROM token"_s), 3);
}

void TokenStoreTest::ofManyThatMakeTheSameNameAtOnceOneDoes()
{
    QFETCH(const QString, dialect);
    AuthDatabase database(dialect);
    std::atomic<int> made = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            if (TokenStore(database.jobs()).create({u"a"_s, {u"admin"_s}, {}}, now).result())
                ++made;
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(made.load(), 1);
    QCOMPARE(database.integer(u"SELECT count(*) FROM token"_s), 1);
}

void TokenStoreTest::aTokenIsRevokedByNameOrIdAndOnce()
{
    QFETCH(const QString, dialect);
    AuthDatabase database(dialect);
    const TokenStore store(database.jobs());
    const auto a = store.create({u"a"_s, {u"admin"_s}, {}}, now).result();
    const auto b = store.create({u"b"_s, {u"admin"_s}, {}}, now).result();
    QVERIFY(a && b);
    QVERIFY(store.revoke(u"a"_s, now + 1).result());
    QVERIFY(store.revoke(QString::number(b->row.id), now + 2).result());
    QCOMPARE((*store.find(a->text.hash()).result())->revoked, std::optional<qint64>(now + 1));
    QCOMPARE((*store.find(b->text.hash()).result())->revoked, std::optional<qint64>(now + 2));

    const auto again = store.revoke(QString::number(b->row.id), now + 3).result();
    QVERIFY(!again);
    QCOMPARE(again.error().kind(), ErrorKind::Conflict);
    QCOMPARE((*store.find(b->text.hash()).result())->revoked, std::optional<qint64>(now + 2)); // as it was
}

void TokenStoreTest::whoRevokesWhatIsNotThereIsToldWhatIs()
{
    QFETCH(const QString, dialect);
    AuthDatabase database(dialect);
    const TokenStore store(database.jobs());
    QVERIFY(store.revoke(u"laptop"_s, now).result().error().message().contains(u"there is none"_s));
    QVERIFY(store.create({u"desk"_s, {u"admin"_s}, {}}, now).result());
    const auto revoked = store.revoke(u"laptop"_s, now).result();
    QVERIFY(!revoked);
    QCOMPARE(revoked.error().kind(), ErrorKind::NotFound);
    QVERIFY2(revoked.error().message().contains(u"\"desk\""_s), qPrintable(revoked.error().message()));
}

void TokenStoreTest::theLatestUseIsKept()
{
    QFETCH(const QString, dialect);
    AuthDatabase database(dialect);
    const TokenStore store(database.jobs());
    const auto made = store.create({u"a"_s, {u"admin"_s}, {}}, now).result();
    QVERIFY(made);
    for (const qint64 use : {now + 5, now + 9, now + 7}) // two hosts, one of them late
        QVERIFY(store.noteUse(made->row.id, use).result());
    QCOMPARE((*store.find(made->text.hash()).result())->lastUsed, std::optional<qint64>(now + 9));
}

void TokenStoreTest::onlyALiveWriterIsOne()
{
    QFETCH(const QString, dialect);
    AuthDatabase database(dialect);
    const TokenStore store(database.jobs());
    const auto hasWriter = [&] { return *store.hasWriter(now).result(); };
    QVERIFY(!hasWriter());
    QVERIFY(store.create({u"a"_s, {u"admin"_s, u"records:read"_s}, {}}, now).result());
    QVERIFY(!hasWriter());
    QVERIFY(store.create({u"b"_s, {u"records:write"_s}, now}, now - 1).result()); // expired
    QVERIFY(!hasWriter());
    QVERIFY(store.create({u"c"_s, {u"records:write"_s}, now + 1}, now).result());
    QVERIFY(hasWriter());
    QVERIFY(store.revoke(u"c"_s, now).result());
    QVERIFY(!hasWriter());
}

QTEST_GUILESS_MAIN(TokenStoreTest)
#include "tst_tokenstore.moc"
