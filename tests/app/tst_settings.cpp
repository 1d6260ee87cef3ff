// SPDX-License-Identifier: GPL-3.0-only
#include "settings/settings.h"

#include "settings/configuration.h"
#include "settings/databasesettings.h"
#include "settings/httpsettings.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::server;

class SettingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void theStrongerPlaceWins_data();
    void theStrongerPlaceWins();
    void theTutorialsVariablesAreUnderstood_data();
    void theTutorialsVariablesAreUnderstood();
    void theLastArgumentOfAKeyCounts();
    void anEmptyVariableCountsAsNotSet();
    void allThatIsUnknownOrWrongIsToldAtOnce();
    void aFaultShowsNoPassword();
    void aSecretIsReadFromAFile();
    void aSecretIsNotSetTwice();
    void aSecretFileMustBeThere();
    void theFileIsTheFirstOfTheUsualPlaces();
    void theNamedFileMustBeThere();
    void theDatabaseLiesInTheDataFolder();
    void theDataFolderFollowsTheEnvironment_data();
    void theDataFolderFollowsTheEnvironment();
    void pluginsDeclareTheirOwn();
    void aPluginCannotTakeAGroupOfTheHost();
    void aWrongDefaultOfAPluginIsRefused();
    void settingsOfABrokenPluginDoNotStopTheStart();
    void everyHttpLimitIsASetting();
    void theDatabaseIsTunedBySettings();
    void aTuningOutOfRangeIsRefused_data();
    void aTuningOutOfRangeIsRefused();
    void hostSettingsExplainThemselves();

private:
    quoin::Result<Settings> resolve() const { return Settings::resolve(hostSettings(surroundings()), m_sources); }
    Surroundings surroundings() const { return {m_sources.environment, u"/opt/quoin/bin"_s, 2}; }
    QString write(const QString &name, const QByteArray &text) const;
    QString fault() const { return resolve().error().message(); }

    std::unique_ptr<QTemporaryDir> m_directory;
    SettingSources m_sources;
};

void SettingsTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_sources = {};
    m_sources.environment.insert(u"XDG_CONFIG_HOME"_s, m_directory->path());
    m_sources.configFile = write(u"test.ini"_s, "");
}

QString SettingsTest::write(const QString &name, const QByteArray &text) const
{
    QFile file(m_directory->filePath(name));
    [[maybe_unused]] const bool isOpen = file.open(QIODevice::WriteOnly);
    file.write(text);
    return file.fileName();
}

void SettingsTest::theStrongerPlaceWins_data()
{
    QTest::addColumn<QStringList>("places");
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("origin"); // %1: the file's name
    QTest::newRow("default") << QStringList{} << u"sqlite:////data/quoin.db"_s << u"default"_s;
    QTest::newRow("file") << QStringList{u"file"_s} << u"sqlite:////file"_s << u"file %1 line 2"_s;
    QTest::newRow("tutorial") << QStringList{u"file"_s, u"tutorial"_s} << u"sqlite:////tutorial"_s
                              << u"environment SQLALCHEMY_DATABASE_URI"_s;
    QTest::newRow("environment") << QStringList{u"file"_s, u"tutorial"_s, u"environment"_s}
                                 << u"sqlite:////environment"_s << u"environment QUOIN_DATABASE_URL"_s;
    QTest::newRow("command line") << QStringList{u"file"_s, u"tutorial"_s, u"environment"_s, u"argument"_s}
                                  << u"sqlite:////argument"_s << u"command line"_s;
    QTest::newRow("command line over file")
        << QStringList{u"file"_s, u"argument"_s} << u"sqlite:////argument"_s << u"command line"_s;
}

void SettingsTest::theStrongerPlaceWins()
{
    QFETCH(const QStringList, places);
    QFETCH(const QString, url);
    QFETCH(const QString, origin);
    m_sources.arguments.append({u"data.dir"_s, u"/data"_s});
    if (places.contains(u"file"_s))
        m_sources.configFile = write(u"test.ini"_s, "[database]\nurl = sqlite:////file\n");
    if (places.contains(u"tutorial"_s))
        m_sources.environment.insert(u"SQLALCHEMY_DATABASE_URI"_s, u"sqlite:////tutorial"_s);
    if (places.contains(u"environment"_s))
        m_sources.environment.insert(u"QUOIN_DATABASE_URL"_s, u"sqlite:////environment"_s);
    if (places.contains(u"argument"_s))
        m_sources.arguments.append({u"database.url"_s, u"sqlite:////argument"_s});

    const auto settings = resolve();
    QVERIFY2(settings, qPrintable(settings.error().message()));
    QCOMPARE(settings->text(u"database.url"_s), url);
    QCOMPARE(settings->at(u"database.url"_s).origin, QString(origin).replace(u"%1"_s, m_sources.configFile));
}

void SettingsTest::theTutorialsVariablesAreUnderstood_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    QTest::newRow("SQLite") << u"SQLALCHEMY_DATABASE_URI"_s << u"sqlite:////some/where/test.db"_s << u"database.url"_s
                            << u"sqlite:////some/where/test.db"_s;
    QTest::newRow("PostgreSQL") << u"SQLALCHEMY_DATABASE_URI"_s << u"postgresql+psycopg2://u:p@h:5432/d"_s
                                << u"database.url"_s << u"postgresql+psycopg2://u:p@h:5432/d"_s;
    QTest::newRow("Redis") << u"REDIS_HOST"_s << u"redis"_s << u"redis.url"_s << u"redis://redis:6379/0"_s;
    QTest::newRow("Redis and its port") << u"REDIS_HOST"_s << u"redis:6380"_s << u"redis.url"_s
                                        << u"redis://redis:6380/0"_s;
    QTest::newRow("Redis by IPv6") << u"REDIS_HOST"_s << u"::1"_s << u"redis.url"_s << u"redis://[::1]:6379/0"_s;
    QTest::newRow("Redis by IPv6 and its port")
        << u"REDIS_HOST"_s << u"[::1]:6380"_s << u"redis.url"_s << u"redis://[::1]:6380/0"_s;
    QTest::newRow("Redis by IPv6 in brackets")
        << u"REDIS_HOST"_s << u"[::1]"_s << u"redis.url"_s << u"redis://[::1]:6379/0"_s;
    QTest::newRow("Celery") << u"CELERY_BROKER_URL"_s << u"redis://redis:6379"_s << u"queue.url"_s
                            << u"redis://redis:6379"_s;
    QTest::newRow("Celery's results") << u"CELERY_RESULT_BACKEND"_s << u"redis://redis:6379/1"_s << u"queue.results"_s
                                      << u"redis://redis:6379/1"_s;
}

void SettingsTest::theTutorialsVariablesAreUnderstood()
{
    QFETCH(const QString, name);
    QFETCH(const QString, text);
    QFETCH(const QString, key);
    QFETCH(const QString, value);
    m_sources.environment.insert(name, text);
    const auto settings = resolve();
    QVERIFY2(settings, qPrintable(settings.error().message()));
    QCOMPARE(settings->text(key), value);
    QCOMPARE(settings->at(key).origin, u"environment "_s + name);
}

void SettingsTest::theLastArgumentOfAKeyCounts()
{
    m_sources.arguments = {{u"http.listen"_s, u"127.0.0.1:1"_s}, {u"http.listen"_s, u"127.0.0.1:2"_s}};
    QCOMPARE(resolve()->text(u"http.listen"_s), u"127.0.0.1:2"_s);
}

void SettingsTest::anEmptyVariableCountsAsNotSet()
{
    m_sources.environment.insert(u"QUOIN_HTTP_LISTEN"_s, u""_s);
    m_sources.environment.insert(u"REDIS_HOST"_s, u""_s);
    QVERIFY(resolve()->at(u"http.listen"_s).isDefault());
    QVERIFY(resolve()->at(u"redis.url"_s).isDefault());
}

void SettingsTest::allThatIsUnknownOrWrongIsToldAtOnce()
{
    m_sources.configFile = write(u"test.ini"_s, "[http]\nlisen = 127.0.0.1:80\nmax_body = much\n[zebra]\nx = 1\n");
    m_sources.environment.insert(u"QUOIN_QUEUE_LEASE"_s, u"1ms"_s);
    m_sources.environment.insert(u"QUOIN_LOG_LEVL"_s, u"info"_s);
    m_sources.arguments = {{u"log.format"_s, u"xml"_s}, {u"http.thread"_s, u"2"_s}};
    QStringList faults = fault().split(u'\n');
    faults.sort();
    const QString file = m_sources.configFile;
    QStringList expected{
        file + u":2: there is no setting http.lisen. Did you mean http.listen?"_s,
        file + u":5: there is no setting zebra.x."_s,
        u"file %1 line 3: http.max_body = \"much\": expected a size such as 64KiB, 16MiB or 1048576, from 0 to 4GiB"_s
            .arg(file),
        u"environment QUOIN_LOG_LEVL: there is no such setting. Did you mean QUOIN_LOG_LEVEL?"_s,
        u"environment QUOIN_QUEUE_LEASE: queue.lease = \"1ms\": expected a duration such as 250ms, 30s or 5min, from 1s to 1h"_s,
        u"command line: log.format = \"xml\": expected one of auto, text, json"_s,
        u"command line: there is no setting http.thread. Did you mean http.threads?"_s};
    expected.sort();
    QCOMPARE(faults, expected);
}

void SettingsTest::aFaultShowsNoPassword()
{
    m_sources.environment.insert(u"QUOIN_DATABASE_URL"_s, u"oracle://me:topsecret@host/db"_s);
    QVERIFY(fault().contains(u"oracle://me:***@host/db"_s));
    QVERIFY(!fault().contains(u"topsecret"_s));
}

void SettingsTest::aSecretIsReadFromAFile()
{
    const QString name = write(u"secret"_s, "postgresql://u:p@h/d\n");
    m_sources.environment.insert(u"QUOIN_DATABASE_URL_FILE"_s, name);
    const auto settings = resolve();
    QVERIFY2(settings, qPrintable(settings.error().message()));
    QCOMPARE(settings->text(u"database.url"_s), u"postgresql://u:p@h/d"_s);
    QCOMPARE(settings->at(u"database.url"_s).origin, u"environment QUOIN_DATABASE_URL_FILE (file %1)"_s.arg(name));
}

void SettingsTest::aSecretIsNotSetTwice()
{
    m_sources.environment.insert(u"QUOIN_DATABASE_URL_FILE"_s, write(u"secret"_s, "postgresql://u:p@h/d"));
    m_sources.environment.insert(u"QUOIN_DATABASE_URL"_s, u"postgresql://u:p@h/e"_s);
    QCOMPARE(fault(), u"environment QUOIN_DATABASE_URL_FILE: QUOIN_DATABASE_URL is set too; unset one of them"_s);
}

void SettingsTest::aSecretFileMustBeThere()
{
    m_sources.environment.insert(u"QUOIN_DATABASE_URL_FILE"_s, u"/nowhere/secret"_s);
    QCOMPARE(fault(),
             u"environment QUOIN_DATABASE_URL_FILE: /nowhere/secret cannot be read: No such file or directory"_s);
}

void SettingsTest::theFileIsTheFirstOfTheUsualPlaces()
{
    m_sources.configFile.clear();
    QVERIFY(QDir(m_directory->path()).mkpath(u"quoin"_s));
    const QString usual = write(u"quoin/quoin.ini"_s, "[log]\nlevel = debug\n");
    QCOMPARE(resolve()->configFile(), usual);
    QCOMPARE(resolve()->text(u"log.level"_s), u"debug"_s);

    const QString named = write(u"named.ini"_s, "[log]\nlevel = warning\n");
    m_sources.environment.insert(u"QUOIN_CONFIG"_s, named);
    QCOMPARE(resolve()->text(u"log.level"_s), u"warning"_s);

    m_sources.configFile = write(u"option.ini"_s, "[log]\nlevel = critical\n");
    QCOMPARE(resolve()->text(u"log.level"_s), u"critical"_s);
}

void SettingsTest::theNamedFileMustBeThere()
{
    m_sources.configFile = u"/nowhere/quoin.ini"_s;
    QCOMPARE(fault(), u"/nowhere/quoin.ini: cannot be read: No such file or directory"_s);
}

void SettingsTest::theDatabaseLiesInTheDataFolder()
{
    m_sources.arguments = {{u"data.dir"_s, u"/srv/quoin"_s}};
    QCOMPARE(resolve()->text(u"database.url"_s), u"sqlite:////srv/quoin/quoin.db"_s);
}

void SettingsTest::theDataFolderFollowsTheEnvironment_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("data");
    QTest::newRow("XDG") << u"XDG_DATA_HOME"_s << u"/x"_s << u"/x/quoin"_s;
    QTest::newRow("home") << u"HOME"_s << u"/home/me"_s << u"/home/me/.local/share/quoin"_s;
    QTest::newRow("a relative XDG is to be ignored") << u"XDG_DATA_HOME"_s << u"x"_s << u"/var/lib/quoin"_s;
    QTest::newRow("neither") << u"X"_s << u"x"_s << u"/var/lib/quoin"_s;
}

void SettingsTest::theDataFolderFollowsTheEnvironment()
{
    QFETCH(const QString, name);
    QFETCH(const QString, folder);
    QFETCH(const QString, data);
    m_sources.environment.insert(name, folder);
    QCOMPARE(resolve()->text(u"data.dir"_s), data);
}

void SettingsTest::pluginsDeclareTheirOwn()
{
    SettingSchema schema = hostSettings(surroundings());
    QVERIFY(schema.declarePlugin(u"sip"_s,
                                 {{.key = u"sip.directory"_s,
                                   .type = SettingType::Path,
                                   .defaultText = u"${data.dir}/sips"_s,
                                   .help = u"Packages."_s},
                                  {.key = u"sip.format"_s,
                                   .type = SettingType::Choice,
                                   .defaultText = u"bag"_s,
                                   .help = u"Form."_s,
                                   .choices = {u"bag"_s, u"zlib"_s}}}));
    m_sources.arguments = {{u"data.dir"_s, u"/srv"_s}};
    m_sources.environment.insert(u"QUOIN_SIP_FORMAT"_s, u"ZLIB"_s);
    const auto settings = Settings::resolve(schema, m_sources);
    QVERIFY2(settings, qPrintable(settings.error().message()));
    QCOMPARE(settings->value(u"sip.directory"_s), QVariant(u"/srv/sips"_s));
    QCOMPARE(settings->value(u"sip.format"_s), QVariant(u"zlib"_s));
    QVERIFY(!settings->value(u"sip.nothing"_s).isValid());
}

void SettingsTest::aPluginCannotTakeAGroupOfTheHost()
{
    SettingSchema schema = hostSettings(surroundings());
    const auto declared = schema.declarePlugin(u"http"_s, {{.key = u"http.speed"_s, .defaultText = {}, .help = {}}});
    QVERIFY(!declared);
    QCOMPARE(declared.error().message(), u"the group [http] of settings is taken"_s);
    QVERIFY(!schema.find(u"http.speed"_s));
}

void SettingsTest::aWrongDefaultOfAPluginIsRefused()
{
    SettingSchema schema;
    const auto declared = schema.declarePlugin(
        u"sip"_s,
        {{.key = u"sip.good"_s, .defaultText = {}, .help = {}},
         {.key = u"sip.age"_s, .type = SettingType::Duration, .defaultText = u"5"_s, .help = {}}});
    QVERIFY(!declared);
    QCOMPARE(declared.error().message(), u"the default of sip.age: expected a duration such as 250ms, 30s or 5min"_s);
    QVERIFY(!schema.find(u"sip.good"_s)); // all or none
}

void SettingsTest::settingsOfABrokenPluginDoNotStopTheStart()
{
    QVERIFY(QDir(m_directory->path()).mkpath(u"plugins"_s));
    write(u"plugins/sip.so"_s, "not a library");
    m_sources.configFile = write(u"test.ini"_s, "[sip]\ndirectory = /srv\n");
    m_sources.environment.insert(u"QUOIN_SIP_FORMAT"_s, u"bag"_s);
    m_sources.arguments = {{u"plugins.dir"_s, m_directory->filePath(u"plugins"_s)}};
    const auto settings = loadSettings(m_sources, surroundings());
    QVERIFY2(settings, qPrintable(settings.error().message()));
    const QStringList expected{m_sources.configFile + u":2: there is no setting sip.directory."_s,
                               u"environment QUOIN_SIP_FORMAT: there is no such setting."_s};
    QCOMPARE(settings->warnings(), expected);
}

void SettingsTest::everyHttpLimitIsASetting()
{
    const quoin::http::Limits defaults;
    const auto limits = httpLimits(*resolve());
    QCOMPARE(limits.body, defaults.body);
    QCOMPARE(limits.idleTime, defaults.idleTime);
    QCOMPARE(limits.connections, defaults.connections);

    m_sources.arguments = {{u"http.max_body"_s, u"1MiB"_s},
                           {u"http.idle_timeout"_s, u"2s"_s},
                           {u"http.max_connections"_s, u"7"_s},
                           {u"http.max_head"_s, u"4KiB"_s}};
    const auto changed = httpLimits(*resolve());
    QCOMPARE(changed.body, 1 << 20);
    QCOMPARE(changed.idleTime, std::chrono::seconds(2));
    QCOMPARE(changed.connections, 7);
    QCOMPARE(changed.head, 4096);
}

void SettingsTest::theDatabaseIsTunedBySettings()
{
    const quoin::database::DatabaseOptions defaults;
    const auto options = databaseOptions(*resolve());
    QCOMPARE(options.readers, defaults.readers);
    QCOMPARE(options.writers, defaults.writers);
    QCOMPARE(options.queueLimit, defaults.queueLimit);
    QCOMPARE(options.busyTimeout, defaults.busyTimeout);
    QCOMPARE(options.checkTimeout, defaults.checkTimeout);

    m_sources.environment.insert(u"QUOIN_DATABASE_READERS"_s, u"3"_s);
    m_sources.configFile = write(u"test.ini"_s, "[database]\nwriters = 5\nmax_waiting = 100\n");
    m_sources.arguments = {{u"database.busy_timeout"_s, u"250ms"_s}, {u"database.check_timeout"_s, u"2s"_s}};
    const auto tuned = databaseOptions(*resolve());
    QCOMPARE(tuned.readers, 3);
    QCOMPARE(tuned.writers, 5);
    QCOMPARE(tuned.queueLimit, 100);
    QCOMPARE(tuned.busyTimeout, std::chrono::milliseconds(250));
    QCOMPARE(tuned.checkTimeout, std::chrono::seconds(2));
}

void SettingsTest::aTuningOutOfRangeIsRefused_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("text");
    QTest::newRow("more readers than any server lends") << u"database.readers"_s << u"257"_s;
    QTest::newRow("fewer than none") << u"database.writers"_s << u"-1"_s;
    QTest::newRow("no room for the server's own jobs") << u"database.max_waiting"_s << u"15"_s;
    QTest::newRow("longer than an hour") << u"database.busy_timeout"_s << u"61min"_s;
    QTest::newRow("a check that cannot be met") << u"database.check_timeout"_s << u"0"_s;
    QTest::newRow("without its unit") << u"database.check_timeout"_s << u"1000"_s;
    QTest::newRow("no number") << u"database.readers"_s << u"many"_s;
    QTest::newRow("nothing") << u"database.readers"_s << u""_s;
}

void SettingsTest::aTuningOutOfRangeIsRefused()
{
    QFETCH(const QString, key);
    QFETCH(const QString, text);
    m_sources.arguments = {{key, text}};
    const auto settings = resolve();
    QVERIFY(!settings);
    QVERIFY2(settings.error().message().contains(u"command line: "_s + key), qPrintable(settings.error().message()));
}

void SettingsTest::hostSettingsExplainThemselves()
{
    const SettingSchema schema = hostSettings(surroundings());
    QVERIFY(schema.keys().size() > 20);
    for (const SettingKey &key : schema.keys()) {
        QVERIFY2(key.help.size() > 10 && key.help.endsWith(u'.'), qPrintable(key.key));
        QCOMPARE(schema.findByVariable(key.environmentName()), schema.find(key.key));
    }
}

QTEST_GUILESS_MAIN(SettingsTest)
#include "tst_settings.moc"
