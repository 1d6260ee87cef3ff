// SPDX-License-Identifier: GPL-3.0-only
#include "dropfolder.h"

#include "plugins/gate.h"
#include "plugins/pluginstore.h"
#include "plugins/trust.h"
#include "support/keyoffice.h"

#include <QCryptographicHash>
#include <QDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::plugins;
using quoin::test::KeyOffice;
using Mode = TrustOptions::Mode;

namespace {

QByteArray hashOf(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

} // namespace

class TestTrust final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aSignatureByAnyTrustedKeyIsTrusted();
    void anythingElseIsNotTrusted_data();
    void anythingElseIsNotTrusted();
    void aListedHashIsTrustedUnderItsIdOnly();
    void aRevokedHashIsNotTrustedWhateverSignedIt();
    void wrongSettingsAreRefusedByName_data();
    void wrongSettingsAreRefusedByName();
    void withoutTrustNothingIsRead();
    void theGateTurnsTheUntrustedAwayOrWarns_data();
    void theGateTurnsTheUntrustedAwayOrWarns();
    void aSignatureThatIsNoFileIsNotFollowed();

private:
    const KeyOffice m_office;
    const QByteArray m_good = DropFolder::plugin(u"good"_s);
};

void TestTrust::initTestCase()
{
    m_office.makeKey(u"keys/acme"_s);
    m_office.makeKey(u"keys/beta"_s);
    m_office.makeKey(u"stranger"_s);
    m_office.makeKey(u"rsa"_s, u"rsa"_s);
}

void TestTrust::aSignatureByAnyTrustedKeyIsTrusted()
{
    const auto trust = Trust::open({Mode::Require, m_office.path(u"keys"_s), {}});
    QVERIFY2(trust, qPrintable(trust.error().message()));
    const QString file = m_office.write(u"good.so"_s, m_good);
    for (const QString &key : {u"keys/acme"_s, u"keys/beta"_s}) {
        const auto verdict = trust->judge(m_good, hashOf(m_good), u"good"_s, m_office.sign(key, file));
        QVERIFY2(verdict.isTrusted, qPrintable(verdict.reason));
        QCOMPARE(verdict.reason, u"signed with "_s + m_office.path(key + u".pem"_s));
    }
    QVERIFY(!trust->judge(m_good, hashOf(m_good), u"good"_s, m_office.sign(u"stranger"_s, file)).isTrusted);
}

void TestTrust::anythingElseIsNotTrusted_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("signature");
    QTest::addColumn<QString>("reason");
    const QByteArray right = m_office.sign(u"keys/acme"_s, m_office.write(u"good.so"_s, m_good));
    QByteArray changed = m_good;
    changed[changed.size() / 2] = char(changed[changed.size() / 2] ^ 1);
    QByteArray bent = right;
    bent[0] = char(bent[0] ^ 1);
    const QString fits = u"its signature fits none of the 2 keys of plugins.keys"_s;
    QTest::newRow("none") << m_good << QByteArray() << u"it is not signed: there is no good.so.sig beside it"_s;
    QTest::newRow("another file") << changed << right << fits;
    QTest::newRow("longer file") << m_good + '\0' << right << fits;
    QTest::newRow("changed") << m_good << bent << fits;
    QTest::newRow("short") << m_good << right.chopped(1) << u"its signature has 63 bytes, not 64"_s;
    QTest::newRow("in base64") << m_good << right.toBase64() << u"its signature has 88 bytes, not 64"_s;
    QTest::newRow("nothing") << QByteArray() << right << fits;
}

void TestTrust::anythingElseIsNotTrusted()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, signature);
    QFETCH(QString, reason);
    const auto trust = Trust::open({Mode::Require, m_office.path(u"keys"_s), {}});
    QVERIFY(trust);
    const auto verdict = trust->judge(bytes, hashOf(bytes), u"good"_s, signature);
    QVERIFY(!verdict.isTrusted);
    QCOMPARE(verdict.reason, reason);
    QCOMPARE(verdict.remedy, u"sign it: openssl pkeyutl -sign -rawin -inkey key.pem -in good.so -out good.so.sig"_s);
}

void TestTrust::aListedHashIsTrustedUnderItsIdOnly()
{
    const QByteArray hash = hashOf(m_good);
    const QString list = m_office.write(u"allow"_s, "# ours\n\n  " + hash.toUpper() + "\tgood  \n");
    const auto trust = Trust::open({Mode::Require, {}, list});
    QVERIFY2(trust, qPrintable(trust.error().message()));
    QVERIFY(trust->judge(m_good, hash, u"good"_s, {}).isTrusted);
    QVERIFY(!trust->judge(m_good, hash, u"rival"_s, {}).isTrusted);
    const auto verdict = trust->judge("x", hashOf("x"), u"good"_s, {});
    QVERIFY(!verdict.isTrusted);
    QVERIFY2(verdict.remedy.contains(u"\"%1 good\""_s.arg(QString::fromLatin1(hashOf("x")))),
             qPrintable(verdict.remedy));
}

void TestTrust::aRevokedHashIsNotTrustedWhateverSignedIt()
{
    const QByteArray hash = hashOf(m_good);
    const QString list = m_office.write(u"allow"_s, hash + " good\n!" + hash + " good\n");
    const auto trust = Trust::open({Mode::Warn, m_office.path(u"keys"_s), list});
    QVERIFY(trust);
    const auto signature = m_office.sign(u"keys/acme"_s, m_office.write(u"good.so"_s, m_good));
    const auto verdict = trust->judge(m_good, hash, u"good"_s, signature);
    QVERIFY(!verdict.isTrusted);
    QCOMPARE(verdict.reason, u"its hash is revoked in "_s + list);
}

void TestTrust::wrongSettingsAreRefusedByName_data()
{
    QTest::addColumn<QString>("keys");
    QTest::addColumn<QString>("allow");
    QTest::addColumn<QStringList>("words");
    const QString none;
    QTest::newRow("nobody") << none << none << QStringList{u"set plugins.keys, plugins.allow or both"_s};
    QTest::newRow("no key file") << u"/nonexistent.pem"_s << none
                                 << QStringList{u"plugins.keys: there is no file /nonexistent.pem"_s};
    QDir(m_office.path({})).mkpath(u"empty"_s);
    QTest::newRow("empty folder") << m_office.path(u"empty"_s) << none << QStringList{u"holds no *.pem"_s};
    QTest::newRow("another kind of key") << m_office.path(u"rsa.pem"_s) << none
                                         << QStringList{u"rsa.pem"_s, u"not Ed25519"_s};
    QTest::newRow("the private key") << m_office.path(u"stranger.key"_s) << none
                                     << QStringList{u"holds no public key in PEM"_s, u"-pubout"_s};
    const QString open = m_office.makeKey(u"open"_s);
    QFile::setPermissions(open, QFile::permissions(open) | QFileDevice::WriteOther);
    QTest::newRow("others may write") << open << none << QStringList{u"writable by others"_s, u"chmod go-w"_s};
    QTest::newRow("bad line") << none << m_office.write(u"bad"_s, "# list\nabc good\n")
                              << QStringList{u"plugins.allow: "_s, u"bad, line 2"_s, u"abc good"_s};
    QTest::newRow("no id") << none << m_office.write(u"noid"_s, QByteArray(64, 'a') + '\n')
                           << QStringList{u"noid, line 1"_s};
    QTest::newRow("no list") << none << u"/nonexistent"_s << QStringList{u"plugins.allow: there is no file"_s};
}

void TestTrust::wrongSettingsAreRefusedByName()
{
    QFETCH(QString, keys);
    QFETCH(QString, allow);
    QFETCH(QStringList, words);
    const auto trust = Trust::open({Mode::Warn, keys, allow});
    QVERIFY(!trust);
    for (const QString &word : words)
        QVERIFY2(trust.error().message().contains(word), qPrintable(trust.error().message()));
}

void TestTrust::withoutTrustNothingIsRead()
{
    const auto trust = Trust::open({Mode::Off, u"/nonexistent"_s, u"/nonexistent"_s});
    QVERIFY(trust);
    QCOMPARE(trust->mode(), Mode::Off);
}

void TestTrust::theGateTurnsTheUntrustedAwayOrWarns_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<QString>("key");
    QTest::addColumn<bool>("isAdmitted");
    QTest::addColumn<bool>("isWarnedOf");
    QTest::newRow("off, unsigned") << int(Mode::Off) << QString() << true << false;
    QTest::newRow("warn, unsigned") << int(Mode::Warn) << QString() << true << true;
    QTest::newRow("warn, signed") << int(Mode::Warn) << u"keys/acme"_s << true << false;
    QTest::newRow("require, unsigned") << int(Mode::Require) << QString() << false << false;
    QTest::newRow("require, by a stranger") << int(Mode::Require) << u"stranger"_s << false << false;
    QTest::newRow("require, signed") << int(Mode::Require) << u"keys/acme"_s << true << false;
}

void TestTrust::theGateTurnsTheUntrustedAwayOrWarns()
{
    QFETCH(int, mode);
    QFETCH(QString, key);
    QFETCH(bool, isAdmitted);
    QFETCH(bool, isWarnedOf);
    const DropFolder folder;
    const QString file = folder.add(u"good"_s);
    if (!key.isEmpty())
        folder.write(u"good.so.sig"_s, m_office.sign(key, file));
    const auto trust = Trust::open({Mode(mode), m_office.path(u"keys"_s), {}});
    QVERIFY(trust);
    Refusal refusal;
    const auto admitted = admit(*SafeFolder::open(folder.path()), u"good.so"_s, *PluginStore::open(folder.store()), {},
                                &refusal, &*trust);
    QCOMPARE(admitted.has_value(), isAdmitted);
    if (admitted)
        QCOMPARE(!admitted->untrusted.isEmpty(), isWarnedOf);
    else
        QCOMPARE(refusal.phase, Phase::Trust);
}

void TestTrust::aSignatureThatIsNoFileIsNotFollowed()
{
    const DropFolder folder;
    const QString file = folder.add(u"good"_s);
    const auto trust = Trust::open({Mode::Require, m_office.path(u"keys"_s), {}});
    const auto admission = [&] {
        Refusal refusal;
        const auto admitted = admit(*SafeFolder::open(folder.path()), u"good.so"_s, *PluginStore::open(folder.store()),
                                    {}, &refusal, &*trust);
        return admitted ? QString() : refusal.reason;
    };
    const QString elsewhere = m_office.write(u"elsewhere"_s, m_office.sign(u"keys/acme"_s, file));
    QVERIFY(QFile::link(elsewhere, folder.file(u"good.so.sig"_s)));
    QCOMPARE(admission(), u"its signature good.so.sig: a symbolic link"_s);
    QFile::remove(folder.file(u"good.so.sig"_s));
    folder.write(u"good.so.sig"_s, QByteArray(5000, 'x'));
    QCOMPARE(admission(), u"its signature good.so.sig: has 5000 bytes, more than the 4096 it may have"_s);
}

QTEST_GUILESS_MAIN(TestTrust)
#include "tst_trust.moc"
