// SPDX-License-Identifier: GPL-3.0-only
#include "pluginground.h"

#include "support/keyoffice.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <csignal>
#include <memory>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// plugins.trust, as an operator meets it: a server that runs, keys and signatures made with openssl.
class TrustLiveTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void whatNobodyVouchesForIsRefusedWithTheRemedy();
    void whatIsSignedIsServed();
    void aListedHashIsServed();
    void anAlteredByteChangesNothing();
    void aSpoiltSignatureTakesNothingAway();
    void aFileNeverSetsAVersionBack();
    void aRevokedHashIsRefusedWhateverSignedIt();
    void withWarnItIsServedAndToldOnce();

    void keysOthersCouldChangeAreNoStart_data();
    void keysOthersCouldChangeAreNoStart();

    void aKeyThatComesIsHeardOfBySighup();
    void whatIsRevokedGoesBySighup();
    void keysThatBreakChangeNothing();

    void installCarriesTheSignature();
    void devCarriesTheSignature();

    void cleanup();

private:
    void start();
    void sign(const QString &file, const QString &key = u"keys/acme"_s) const;
    void dropSigned(const QString &id, const QByteArray &bytes) const;
    void hangUp()
    {
        QVERIFY(m_ground->server().isRunning()); // kill(0) would be for the whole group
        QCOMPARE(::kill(static_cast<pid_t>(m_ground->server().processId()), SIGHUP), 0);
    }
    bool isServed(const QByteArray &target = "/good/7") const { return m_ground->get(target).status == 200; }
    bool isRefused(const QString &id, const QByteArray &reason) const
    {
        return m_ground->lines({"refused file=", '/' + id.toUtf8() + ".so ", " phase=trust ", reason, " remedy="}) > 0;
    }
    QString built(const QString &id, const QByteArray &bytes) const;
    QStringList places() const
    {
        return {u"--plugins.dir"_s, m_ground->folder(), u"--data.dir"_s, m_ground->server().dataDirectory()};
    }

    std::unique_ptr<KeyOffice> m_office;
    std::unique_ptr<PluginGround> m_ground;
};

namespace {

QByteArray lineOf(const QByteArray &bytes, const QByteArray &id)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex() + ' ' + id + '\n';
}

/// Still a library that passes for one.
QByteArray altered(QByteArray bytes)
{
    const qsizetype at = bytes.indexOf("GCC: ");
    if (at < 0)
        qFatal("nothing to alter");
    bytes[at] = 'g';
    return bytes;
}

/// Of a command beside the server: no settings of the caller's.
QProcessEnvironment quietEnvironment()
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &name : environment.keys()) {
        if (name.startsWith(u"QUOIN_"_s))
            environment.remove(name);
    }
    return environment;
}

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write %s", qPrintable(path));
}

} // namespace

void TrustLiveTest::init()
{
    m_office = std::make_unique<KeyOffice>();
    m_office->makeKey(u"keys/acme"_s);
    m_office->write(u"allow"_s, "# nothing yet\n");
    m_ground = std::make_unique<PluginGround>();
    m_ground->server().set(u"plugins.trust"_s, u"require"_s);
    m_ground->server().set(u"plugins.keys"_s, m_office->path(u"keys"_s));
    m_ground->server().set(u"plugins.allow"_s, m_office->path(u"allow"_s));
}

void TrustLiveTest::cleanup() { m_ground.reset(); }

void TrustLiveTest::start() { QVERIFY2(m_ground->server().start(), m_ground->server().report()); }

void TrustLiveTest::sign(const QString &file, const QString &key) const
{
    write(file + u".sig"_s, m_office->sign(key, file));
}

/// A folder in which a plugin was built; the file.
QString TrustLiveTest::built(const QString &id, const QByteArray &bytes) const
{
    const QString folder = m_office->path(u"build"_s);
    QDir().mkpath(folder);
    const QString file = folder + u'/' + id + u".so"_s;
    write(file, bytes);
    return file;
}

/// The signature first, as `quoin plugin install` does.
void TrustLiveTest::dropSigned(const QString &id, const QByteArray &bytes) const
{
    const QByteArray signature = m_office->sign(u"keys/acme"_s, built(id, bytes));
    write(m_ground->file(id) + u".sig"_s, signature);
    QFile::setPermissions(m_ground->file(id) + u".sig"_s, QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    m_ground->drop(id, bytes);
}

void TrustLiveTest::whatNobodyVouchesForIsRefusedWithTheRemedy()
{
    start();
    m_ground->drop(u"good"_s);
    QTRY_VERIFY2(isRefused(u"good"_s, "it is not signed: there is no good.so.sig beside it"),
                 m_ground->server().report());
    const QByteArray line = lineOf(PluginGround::built(u"good"_s), "good").trimmed();
    QVERIFY2(m_ground->lines({"openssl pkeyutl -sign -rawin -inkey key.pem -in good.so -out good.so.sig", line}) == 1,
             m_ground->server().report());
    QVERIFY(!isServed());
}

void TrustLiveTest::whatIsSignedIsServed()
{
    start();
    dropSigned(u"good"_s, PluginGround::built(u"good"_s));
    QTRY_VERIFY2(isServed(), m_ground->server().report());
}

void TrustLiveTest::aListedHashIsServed()
{
    m_office->write(u"allow"_s, lineOf(PluginGround::built(u"good"_s), "good"));
    m_ground->server().set(u"plugins.keys"_s, {});
    m_ground->drop(u"good"_s);
    start();
    QVERIFY(isServed());
}

void TrustLiveTest::anAlteredByteChangesNothing()
{
    dropSigned(u"good"_s, PluginGround::built(u"good"_s));
    start();
    m_ground->drop(u"good"_s, altered(PluginGround::built(u"good"_s)));
    QTRY_VERIFY2(isRefused(u"good"_s, "its signature fits none of the 1 keys of plugins.keys"),
                 m_ground->server().report());
    QVERIFY(isServed());
}

void TrustLiveTest::aSpoiltSignatureTakesNothingAway()
{
    dropSigned(u"good"_s, PluginGround::built(u"good"_s));
    start();
    write(m_ground->file(u"good"_s) + u".sig"_s, QByteArray(64, 'x'));
    QTRY_VERIFY2(isRefused(u"good"_s, "its signature fits none of the 1 keys"), m_ground->server().report());
    QVERIFY(isServed());
    hangUp(); // the very bytes were signed once
    QVERIFY(isServed());
}

void TrustLiveTest::aFileNeverSetsAVersionBack()
{
    dropSigned(u"changing"_s, PluginGround::built({}, u"2.0.0"_s));
    start();
    QCOMPARE(m_ground->get("/changing").body, "2.0.0");
    dropSigned(u"changing"_s, PluginGround::built({}, u"1.0.0"_s));
    QTRY_VERIFY2(isRefused(u"changing"_s, "older than 2.0.0, which has been live"), m_ground->server().report());
    QCOMPARE(m_ground->get("/changing").body, "2.0.0");
}

void TrustLiveTest::aRevokedHashIsRefusedWhateverSignedIt()
{
    m_office->write(u"allow"_s, '!' + lineOf(PluginGround::built(u"good"_s), "good"));
    dropSigned(u"good"_s, PluginGround::built(u"good"_s));
    start();
    QVERIFY2(isRefused(u"good"_s, "its hash is revoked in " + m_office->path(u"allow"_s).toUtf8()),
             m_ground->server().report());
    QVERIFY(!isServed());
}

void TrustLiveTest::withWarnItIsServedAndToldOnce()
{
    m_ground->server().set(u"plugins.trust"_s, u"warn"_s);
    m_ground->drop(u"good"_s);
    start();
    QVERIFY(isServed());
    const QByteArrayList warning{"plugin untrusted id=good ", "it is not signed"};
    QCOMPARE(m_ground->lines(warning), 1);
    hangUp();
    dropSigned(u"changing"_s, PluginGround::built({}, u"1.0.0"_s)); // all looks before this one are over when it serves
    QTRY_VERIFY2(isServed("/changing"), m_ground->server().report());
    QCOMPARE(m_ground->lines(warning), 1);
    QCOMPARE(m_ground->lines({"plugin untrusted"}), 1);
}

void TrustLiveTest::keysOthersCouldChangeAreNoStart_data()
{
    QTest::addColumn<QString>("name"); // of what is writable by others
    QTest::addColumn<QByteArray>("setting");
    QTest::newRow("the folder of keys") << u"keys"_s << QByteArray("plugins.keys: ");
    QTest::newRow("a key") << u"keys/acme.pem"_s << QByteArray("plugins.keys: ");
    QTest::newRow("the list") << u"allow"_s << QByteArray("plugins.allow: ");
}

void TrustLiveTest::keysOthersCouldChangeAreNoStart()
{
    QFETCH(const QString, name);
    QFETCH(const QByteArray, setting);
    const QString path = m_office->path(name);
    QFile::setPermissions(path, QFile::permissions(path) | QFileDevice::WriteOther);
    QVERIFY(!m_ground->server().start());
    QCOMPARE(m_ground->server().waitForExit(), 1);
    QVERIFY2(m_ground->lines({"cannot start: " + setting, path.toUtf8(), "chmod go-w " + path.toUtf8()}) == 1,
             m_ground->server().report());
}

void TrustLiveTest::aKeyThatComesIsHeardOfBySighup()
{
    m_office->makeKey(u"beta"_s);
    start();
    const QByteArray good = PluginGround::built(u"good"_s);
    write(m_ground->file(u"good"_s) + u".sig"_s, m_office->sign(u"beta"_s, built(u"good"_s, good)));
    m_ground->drop(u"good"_s);
    QTRY_VERIFY2(isRefused(u"good"_s, "its signature fits none"), m_ground->server().report());
    QVERIFY(QFile::copy(m_office->path(u"beta.pem"_s), m_office->path(u"keys/beta.pem"_s)));
    hangUp();
    QTRY_VERIFY2(isServed(), m_ground->server().report());
}

void TrustLiveTest::whatIsRevokedGoesBySighup()
{
    const QByteArray first = PluginGround::built({}, u"1.0.0"_s);
    const QByteArray second = PluginGround::built({}, u"2.0.0"_s);
    dropSigned(u"changing"_s, first);
    start();
    dropSigned(u"changing"_s, second);
    QTRY_COMPARE(m_ground->get("/changing").body, "2.0.0");

    m_office->write(u"allow"_s, '!' + lineOf(second, "changing"));
    hangUp(); // the version before is vouched for still, by the signature it came with
    QTRY_COMPARE(m_ground->get("/changing").body, "1.0.0");
    QVERIFY2(isRefused(u"changing"_s, "its hash is revoked"), m_ground->server().report());

    m_office->write(u"allow"_s, '!' + lineOf(second, "changing") + '!' + lineOf(first, "changing"));
    hangUp();
    QTRY_COMPARE(m_ground->get("/changing").status, 404);

    m_office->write(u"allow"_s, {});
    hangUp();
    QTRY_COMPARE(m_ground->get("/changing").body, "2.0.0");
}

void TrustLiveTest::keysThatBreakChangeNothing()
{
    dropSigned(u"good"_s, PluginGround::built(u"good"_s));
    start();
    const QString keys = m_office->path(u"keys"_s);
    QFile::setPermissions(keys, QFile::permissions(keys) | QFileDevice::WriteOther);
    hangUp();
    QTRY_VERIFY2(m_ground->lines({"whom to trust stays as it was: plugins.keys: ", "chmod go-w " + keys.toUtf8()}) == 1,
                 m_ground->server().report());
    QVERIFY(isServed());
    dropSigned(u"changing"_s, PluginGround::built({}, u"1.0.0"_s)); // and the keys of before still count
    QTRY_VERIFY2(isServed("/changing"), m_ground->server().report());
}

void TrustLiveTest::installCarriesTheSignature()
{
    start();
    const auto install = [&](const QString &file) {
        QProcess process;
        process.setProcessEnvironment(quietEnvironment());
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QuoinProcess::binary(), QStringList{u"plugin"_s, u"install"_s, file} + places());
        process.waitForFinished();
        return QByteArray::number(process.exitCode()) + ' ' + process.readAll();
    };
    const QString first = built(u"changing"_s, PluginGround::built({}, u"1.0.0"_s));
    sign(first);
    QByteArray said = install(first);
    QVERIFY2(said.startsWith("0 changing 1.0.0 is live"), said);
    QCOMPARE(m_ground->get("/changing").body, "1.0.0");

    // Unsigned, and the signature of the version before does not stay.
    QFile::remove(first + u".sig"_s);
    const QString second = built(u"changing"_s, PluginGround::built({}, u"2.0.0"_s));
    said = install(second);
    QVERIFY2(said.startsWith("1 changing is refused in trust: it is not signed"), said);
    QVERIFY2(said.contains("version 1.0.0 is served in its place"), said);
    QCOMPARE(m_ground->get("/changing").body, "1.0.0");

    sign(second);
    // Of a file that was refused before, a slow server's old verdict is told if it takes seconds to look again.
    QTRY_VERIFY2((said = install(second)).startsWith("0 changing 2.0.0 is live"), said);
    QCOMPARE(m_ground->get("/changing").body, "2.0.0");
}

void TrustLiveTest::devCarriesTheSignature()
{
    start();
    const QString other = built(u"other"_s, "no plugin at all");
    QProcess developer;
    developer.setProcessEnvironment(quietEnvironment());
    developer.setProcessChannelMode(QProcess::MergedChannels);
    developer.start(QuoinProcess::binary(), QStringList{u"plugin"_s, u"dev"_s, QFileInfo(other).path()} + places());
    QByteArray said;
    const auto says = [&](const QByteArray &words) {
        said += developer.readAll();
        return said.contains(words);
    };
    QTRY_VERIFY2(says("watching "), said);
    const QString file = built(u"good"_s, PluginGround::built(u"good"_s));
    QTRY_VERIFY2_WITH_TIMEOUT(says("good is refused in trust: it is not signed"), said, 20'000);
    sign(file); // as a step of the build after the link, or by hand
    QTRY_VERIFY2_WITH_TIMEOUT(says("good 1.0.0 is live ("), said, 20'000);
    QVERIFY(isServed());
    developer.terminate();
    QVERIFY(developer.waitForFinished());
    QCOMPARE(developer.exitCode(), 0);
}

QTEST_GUILESS_MAIN(TrustLiveTest)
#include "tst_trust_live.moc"
