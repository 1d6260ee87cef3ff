// SPDX-License-Identifier: GPL-3.0-only
#include "settings/reload.h"

#include "settings/configuration.h"
#include "settings/settingkeys.h"
#include "settings/sourcesjson.h"

#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::server;

/// Settings that are read again while the server runs.
class ReloadTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void whatIsWrittenOtherwiseAndMeansTheSameIsNoChange();
    void aChangeIsToldWithItsOrigin();
    void aChangeShowsNoPassword();
    void aSecretFileIsReadAgain();
    void whatMayNotChangeStaysAndIsTold();
    void whatLeansOnASettingThatStaysStaysToo();
    void theStrongerPlaceStillWins();
    void aFaultChangesNothing_data();
    void aFaultChangesNothing();
    void anOldValueIsNoChangeAgain();
    void whatWasReadDoesNotChangeWithTheFile();
    void aWorkerResolvesTheSame();

private:
    QString write(const QString &name, const QByteArray &text) const;
    void start(const QByteArray &ini);
    quoin::Result<Reload> again() const
    {
        return readSettingsAgain(m_now, m_sources, [](const SettingKey &key) { return !key.onlyAtStart; });
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    SettingSources m_sources;
    Configuration m_now;
};

void ReloadTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_sources = {};
    m_sources.environment.insert(u"HOME"_s, m_directory->path());
    m_sources.arguments.append({u"data.dir"_s, m_directory->path()});
    m_sources.arguments.append({u"plugins.dir"_s, m_directory->path()});
}

QString ReloadTest::write(const QString &name, const QByteArray &text) const
{
    const QString path = m_directory->filePath(name);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("%s cannot be written", qPrintable(path));
    return path;
}

void ReloadTest::start(const QByteArray &ini)
{
    m_sources.configFile = write(u"quoin.ini"_s, ini);
    SettingSources sources = m_sources;
    sources.files = SettingFiles::read(sources.configFile, sources.environment);
    const auto settings = loadSettings(sources, Surroundings::here());
    QVERIFY2(settings, qPrintable(settings ? QString() : settings.error().message()));
    m_now = {*settings, sources};
}

void ReloadTest::whatIsWrittenOtherwiseAndMeansTheSameIsNoChange()
{
    start("[shutdown]\ntimeout = 60s\n");
    write(u"quoin.ini"_s, "# a line more\n[shutdown]\ntimeout = 1min\n[log]\nlevel = info\n");
    const auto reload = again();
    QVERIFY(reload);
    QVERIFY(reload->changed.isEmpty());
    QVERIFY(reload->kept.isEmpty());
}

void ReloadTest::aChangeIsToldWithItsOrigin()
{
    start("");
    const QString file = write(u"quoin.ini"_s, "[http]\nmax_body = 2MiB\n[log]\nlevel = debug\n");
    const auto reload = again();
    QVERIFY(reload);
    QCOMPARE(reload->changed.size(), 2); // in the order in which they are declared
    QCOMPARE(reload->changed[0].toLine(), u"key=http.max_body value=\"2MiB\" origin=\"file %1 line 2\""_s.arg(file));
    QCOMPARE(reload->changed[1].toLine(), u"key=log.level value=\"debug\" origin=\"file %1 line 4\""_s.arg(file));
    QCOMPARE(reload->next.settings.text(u"log.level"_s), u"debug"_s);
}

void ReloadTest::aChangeShowsNoPassword()
{
    start("");
    write(u"quoin.ini"_s, "[database]\nurl = postgresql://me:topsecret@host/records\n");
    const auto reload = again();
    QVERIFY(reload);
    QCOMPARE(reload->changed.size(), 1);
    const QString line = reload->changed[0].toLine();
    QVERIFY2(line.contains(u"postgresql://me:***@host/records"_s) && !line.contains(u"topsecret"_s), qPrintable(line));
}

void ReloadTest::aSecretFileIsReadAgain()
{
    const QString secret = write(u"secret"_s, "postgresql://me:old@host/records\n");
    m_sources.environment.insert(u"QUOIN_DATABASE_URL_FILE"_s, secret);
    start("");
    QCOMPARE(m_now.settings.text(u"database.url"_s), u"postgresql://me:old@host/records"_s);
    write(u"secret"_s, "postgresql://me:new@host/records\n");
    const auto reload = again();
    QVERIFY(reload);
    QCOMPARE(reload->changed.size(), 1);
    QCOMPARE(reload->next.settings.text(u"database.url"_s), u"postgresql://me:new@host/records"_s);
}

void ReloadTest::whatMayNotChangeStaysAndIsTold()
{
    start("[http]\nlisten = 127.0.0.1:5001\n");
    write(u"quoin.ini"_s, "[http]\nlisten = 0.0.0.0:5001\nthreads = 7\n");
    const auto reload = again();
    QVERIFY(reload);
    QCOMPARE(reload->changed.size(), 1);
    QCOMPARE(reload->changed[0].after.key.key, u"http.threads"_s);
    QCOMPARE(reload->kept.size(), 1);
    QVERIFY(reload->kept[0].toLine().startsWith(u"key=http.listen value=\"0.0.0.0:5001\""_s));
    // Also for whoever resolves it anew from what is handed on: who may write is decided by it.
    const auto resolved = Settings::resolve(hostSettings(Surroundings::here()), reload->next.sources);
    QVERIFY(resolved);
    QCOMPARE(resolved->text(u"http.listen"_s), u"127.0.0.1:5001"_s);
    QVERIFY(resolved->at(u"http.listen"_s).origin.startsWith(u"file "_s));
    QCOMPARE(resolved->integer(u"http.threads"_s), 7);
}

void ReloadTest::whatLeansOnASettingThatStaysStaysToo()
{
    m_sources.arguments.clear();
    m_sources.arguments.append({u"plugins.dir"_s, m_directory->path()});
    start("[data]\ndir = /srv/one\n");
    write(u"quoin.ini"_s, "[data]\ndir = /srv/two\n");
    const auto reload = again();
    QVERIFY(reload);
    QVERIFY(reload->changed.isEmpty());
    QCOMPARE(reload->kept.size(), 1);
    QCOMPARE(reload->next.settings.text(u"database.url"_s), u"sqlite:////srv/one/quoin.db"_s);
}

void ReloadTest::theStrongerPlaceStillWins()
{
    m_sources.arguments.append({u"log.level"_s, u"warning"_s});
    m_sources.environment.insert(u"QUOIN_HTTP_THREADS"_s, u"3"_s);
    start("");
    write(u"quoin.ini"_s, "[log]\nlevel = debug\n[http]\nthreads = 9\n");
    const auto reload = again();
    QVERIFY(reload);
    QVERIFY(reload->changed.isEmpty() && reload->kept.isEmpty());
}

void ReloadTest::aFaultChangesNothing_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("why");
    QTest::newRow("a wrong value") << "[log]\nlevel = loud\n"_ba << u"log.level = \"loud\": expected one of"_s;
    QTest::newRow("no such setting") << "[log]\nlevl = info\n"_ba << u"Did you mean log.level?"_s;
    QTest::newRow("no settings file") << "level\n"_ba << u"expected \"name = value\""_s;
    QTest::newRow("not together") << "[queue]\nshared = celery2\n"_ba << u"queue.url is not set"_s;
    QTest::newRow("more than there is place for")
        << "[http]\nworkers = 20\n[queue]\nworkers = 20\n"_ba << u"more than 32 together"_s;
}

void ReloadTest::aFaultChangesNothing()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, why);
    start("");
    write(u"quoin.ini"_s, "[http]\nthreads = 9\n" + QByteArray(text).replace("[http]\n", ""));
    const auto reload = again();
    QVERIFY(!reload);
    QVERIFY2(reload.error().message().contains(why), qPrintable(reload.error().message()));
}

void ReloadTest::anOldValueIsNoChangeAgain()
{
    start("[http]\nlisten = 127.0.0.1:5001\n");
    write(u"quoin.ini"_s, "[http]\nlisten = 127.0.0.1:5002\n");
    auto reload = again();
    QVERIFY(reload);
    QCOMPARE(reload->kept.size(), 1);
    m_now = reload->next;
    write(u"quoin.ini"_s, "[http]\nlisten = 127.0.0.1:5001\n");
    reload = again();
    QVERIFY(reload);
    QVERIFY(reload->changed.isEmpty() && reload->kept.isEmpty());
}

void ReloadTest::whatWasReadDoesNotChangeWithTheFile()
{
    start("[http]\nthreads = 5\n");
    write(u"quoin.ini"_s, "broken");
    const auto resolved = Settings::resolve(hostSettings(Surroundings::here()), m_now.sources);
    QVERIFY2(resolved, "it was read again");
    QCOMPARE(resolved->integer(u"http.threads"_s), 5);
}

void ReloadTest::aWorkerResolvesTheSame()
{
    const QString secret = write(u"secret"_s, "redis://:key@host:6379/0");
    m_sources.environment.insert(u"QUOIN_REDIS_URL_FILE"_s, secret);
    m_sources.environment.insert(u"QUOIN_HTTP_WORKERS"_s, u"3"_s);
    m_sources.arguments.append({u"http.listen"_s, u"0.0.0.0:80"_s, u"socket of the service manager"_s});
    start("[log]\nlevel = warning\n");
    QFile::remove(secret);
    QFile::remove(m_sources.configFile);

    const QByteArray handedOn = QJsonDocument(sourcesToJson(m_now.sources)).toJson();
    const SettingSources theirs = sourcesFromJson(QJsonDocument::fromJson(handedOn).object(), m_sources.environment);
    const auto resolved = Settings::resolve(hostSettings(Surroundings::here()), theirs, Settings::Unknown::Ignore);
    QVERIFY(resolved);
    QVERIFY(settingChanges(m_now.settings, *resolved).isEmpty());
    for (const Setting &setting : resolved->all())
        QCOMPARE(setting.origin, m_now.settings.at(setting.key.key).origin);
    QCOMPARE(resolved->configFile(), m_sources.configFile);
}

QTEST_GUILESS_MAIN(ReloadTest)
#include "tst_reload.moc"
