// SPDX-License-Identifier: GPL-3.0-only
#include "commandline.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::server;

/// The command line, first as a function, then as the program that a user types.
class CommandLineTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void settingsMayStandAnywhere_data();
    void settingsMayStandAnywhere();
    void pathsOfVerifyArePassedOn();
    void operandsOfPluginCommandsArePassedOn();
    void aTokenIsDescribedByOptions();
    void aHealthCheckIsAboutOneOfTwo();
    void whatIsWrongIsNamed_data();
    void whatIsWrongIsNamed();
    void helpTellsAStrangerWhatToDo();
    void versionNamesQtAndTheSdk();
    void configShowsValueOriginAndHelp();
    void configMasksPasswords();
    void configAsJson();
    void settingsOfPluginsAreShownAndChecked();
    void wrongSettingsStopEveryCommand();
    void serveRefusesWhatItCannotDo();
};

namespace {

struct Outcome
{
    int exitCode = -1;
    QString output;
    QString fault;
};

Outcome program(const QStringList &arguments, const QMap<QString, QString> &variables = {})
{
    QProcess process;
    QProcessEnvironment environment;
    environment.insert(u"HOME"_s, u"/nonexistent"_s);
    for (auto [name, value] : variables.asKeyValueRange())
        environment.insert(name, value);
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(QUOIN_BINARY_PATH), arguments);
    process.waitForFinished();
    return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
}

} // namespace

void CommandLineTest::settingsMayStandAnywhere_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("setting");
    QTest::newRow("behind the command") << QStringList{u"serve"_s, u"--http.listen"_s, u"a"_s} << u"http.listen=a"_s;
    QTest::newRow("before it") << QStringList{u"--http.listen"_s, u"a"_s, u"serve"_s} << u"http.listen=a"_s;
    QTest::newRow("with =") << QStringList{u"serve"_s, u"--http.listen=a=b"_s} << u"http.listen=a=b"_s;
    QTest::newRow("empty") << QStringList{u"serve"_s, u"--redis.url="_s} << u"redis.url="_s;
    QTest::newRow("negative") << QStringList{u"serve"_s, u"--a.b"_s, u"-1"_s} << u"a.b=-1"_s;
    QTest::newRow("of a plugin") << QStringList{u"serve"_s, u"--org.acme.stock.age"_s, u"1"_s}
                                 << u"org.acme.stock.age=1"_s;
    QTest::newRow("level") << QStringList{u"serve"_s, u"-l"_s, u"INFO"_s} << u"log.level=INFO"_s;
    QTest::newRow("concurrency") << QStringList{u"worker"_s, u"--concurrency"_s, u"4"_s} << u"queue.concurrency=4"_s;
    QTest::newRow("concurrency, short") << QStringList{u"worker"_s, u"-c4"_s} << u"queue.concurrency=4"_s;
    QTest::newRow("queues") << QStringList{u"worker"_s, u"-Q"_s, u"a,b"_s} << u"queue.consume=a,b"_s;
    QTest::newRow("name") << QStringList{u"worker"_s, u"--name=a@%h"_s} << u"queue.node=a@%h"_s;
    QTest::newRow("task events") << QStringList{u"worker"_s, u"-E"_s} << u"queue.events=true"_s;
    QTest::newRow("level before the command") << QStringList{u"-l"_s, u"INFO"_s, u"serve"_s} << u"log.level=INFO"_s;
}

void CommandLineTest::settingsMayStandAnywhere()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, setting);
    const auto line = parseCommandLine(QStringList{u"quoin"_s} + arguments);
    QCOMPARE(line.fault, QString());
    const bool isWorker = arguments.contains(u"worker"_s);
    QCOMPARE(line.command, isWorker ? CommandLine::Command::Worker : CommandLine::Command::Serve);
    QCOMPARE(line.sources.arguments.size(), 1);
    QCOMPARE(line.sources.arguments[0].key + u'=' + line.sources.arguments[0].text, setting);
}

void CommandLineTest::pathsOfVerifyArePassedOn()
{
    const auto line = parseCommandLine({u"quoin"_s, u"sip"_s, u"verify"_s, u"a.zip"_s, u"--"_s, u"--b.c"_s});
    QCOMPARE(line.command, CommandLine::Command::SipVerify);
    QCOMPARE(line.paths, (QStringList{u"a.zip"_s, u"--b.c"_s}));
    QVERIFY(line.sources.arguments.isEmpty());
}

void CommandLineTest::operandsOfPluginCommandsArePassedOn()
{
    const auto check = parseCommandLine({u"quoin"_s, u"plugin"_s, u"check"_s, u"--json"_s, u"./a.so"_s});
    QCOMPARE(check.fault, QString());
    QCOMPARE(check.command, CommandLine::Command::Plugin);
    QCOMPARE(check.pluginVerb, u"check"_s);
    QCOMPARE(check.paths, QStringList{u"./a.so"_s});
    QVERIFY(check.asJson);
    const auto disable = parseCommandLine({u"quoin"_s, u"--data.dir"_s, u"x"_s, u"plugin"_s, u"disable"_s, u"a.b"_s});
    QCOMPARE(disable.pluginVerb, u"disable"_s);
    QCOMPARE(disable.paths, QStringList{u"a.b"_s});
    QCOMPARE(disable.sources.arguments.size(), 1);
    const auto probe = parseCommandLine({u"quoin"_s, u"plugin-probe"_s, u"/store/a.so"_s});
    QCOMPARE(probe.command, CommandLine::Command::PluginProbe);
    QCOMPARE(probe.paths, QStringList{u"/store/a.so"_s});
}

void CommandLineTest::aTokenIsDescribedByOptions()
{
    const auto create = parseCommandLine({u"quoin"_s, u"token"_s, u"create"_s, u"--name"_s, u"my laptop"_s,
                                          u"--scope"_s, u"records:read"_s, u"--data.dir"_s, u"x"_s,
                                          u"--scope=records:write,admin"_s, u"--expires"_s, u"90d"_s});
    QCOMPARE(create.fault, QString());
    QCOMPARE(create.command, CommandLine::Command::Token);
    QCOMPARE(create.tokenVerb, u"create"_s);
    QCOMPARE(create.tokenWish.name, u"my laptop"_s);
    QCOMPARE(create.tokenWish.scopes, (QStringList{u"records:read"_s, u"records:write"_s, u"admin"_s}));
    QCOMPARE(create.tokenWish.expires, u"90d"_s);
    QCOMPARE(create.sources.arguments.size(), 1);
    const auto revoke = parseCommandLine({u"quoin"_s, u"token"_s, u"revoke"_s, u"my laptop"_s});
    QCOMPARE(revoke.tokenVerb, u"revoke"_s);
    QCOMPARE(revoke.paths, QStringList{u"my laptop"_s});
    QVERIFY(parseCommandLine({u"quoin"_s, u"token"_s, u"list"_s, u"--json"_s}).asJson);
}

void CommandLineTest::aHealthCheckIsAboutOneOfTwo()
{
    const auto server = parseCommandLine({u"quoin"_s, u"healthcheck"_s});
    QCOMPARE(server.command, CommandLine::Command::HealthCheck);
    QVERIFY(!server.healthQuestion.isAboutWorker && !server.healthQuestion.isAboutLife);
    QCOMPARE(server.healthQuestion.timeout, u"2s"_s);
    const auto worker = parseCommandLine({u"quoin"_s, u"healthcheck"_s, u"--worker"_s, u"--live"_s, u"--timeout"_s,
                                          u"5s"_s, u"--worker.listen"_s, u"127.0.0.1:1"_s});
    QCOMPARE(worker.fault, QString());
    QVERIFY(worker.healthQuestion.isAboutWorker && worker.healthQuestion.isAboutLife);
    QCOMPARE(worker.healthQuestion.timeout, u"5s"_s);
    QCOMPARE(worker.sources.arguments.size(), 1);
}

void CommandLineTest::whatIsWrongIsNamed_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("fault");
    QTest::newRow("nothing")
        << QStringList{}
        << u"quoin: say what to do; the commands are serve, worker, config, healthcheck, token, plugin and sip verify"_s;
    QTest::newRow("command")
        << QStringList{u"srve"_s}
        << u"quoin: there is no command \"srve\"; the commands are serve, worker, config, healthcheck, token, plugin and sip verify"_s;
    QTest::newRow("option") << QStringList{
        u"serve"_s,
        u"--port"_s} << u"quoin: there is no option --port; settings are written with a dot, such as --http.listen"_s;
    QTest::newRow("argument") << QStringList{u"serve"_s, u"now"_s} << u"quoin: \"now\" is one argument too many"_s;
    QTest::newRow("argument after --") << QStringList{u"serve"_s, u"--"_s, u"-x"_s}
                                       << u"quoin: \"-x\" is one argument too many"_s;
    QTest::newRow("no package") << QStringList{u"sip"_s, u"verify"_s}
                                << u"quoin: say which packages to check: quoin sip verify PATH..."_s;
    QTest::newRow("no plugin file") << QStringList{u"plugin"_s, u"check"_s}
                                    << u"quoin: say which file: quoin plugin check FILE.so"_s;
    QTest::newRow("no plugin id") << QStringList{u"plugin"_s, u"disable"_s}
                                  << u"quoin: say which plugin: quoin plugin disable ID"_s;
    QTest::newRow("two plugins") << QStringList{u"plugin"_s, u"remove"_s, u"a"_s, u"b"_s}
                                 << u"quoin: \"b\" is one argument too many"_s;
    QTest::newRow("list of one") << QStringList{u"plugin"_s, u"list"_s, u"a"_s}
                                 << u"quoin: \"a\" is one argument too many"_s;
    QTest::newRow("no token") << QStringList{
        u"token"_s,
        u"revoke"_s} << u"quoin: say which token: quoin token revoke NAME, or its id from \"quoin token list\""_s;
    QTest::newRow("list of a token") << QStringList{u"token"_s, u"list"_s, u"a"_s}
                                     << u"quoin: \"a\" is one argument too many"_s;
    QTest::newRow("no command of a group")
        << QStringList{u"plugin"_s, u"nwe"_s, u"a"_s}
        << u"quoin: there is no command \"plugin nwe\"; after \"quoin plugin\" comes one of: check, new, dev, list, "
           "install, remove, enable, disable, rollback"_s;
    QTest::newRow("a group alone") << QStringList{u"sip"_s}
                                   << u"quoin: say what to do; after \"quoin sip\" comes one of: verify"_s;
    QTest::newRow("value") << QStringList{u"serve"_s, u"--http.listen"_s}
                           << u"quoin: --http.listen needs a value: --http.listen VALUE, or --http.listen=VALUE"_s;
    QTest::newRow("value before an option")
        << QStringList{u"--http.listen"_s, u"--config"_s, u"x"_s}
        << u"quoin: --http.listen needs a value: --http.listen VALUE, or --http.listen=VALUE"_s;
}

void CommandLineTest::whatIsWrongIsNamed()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, fault);
    const auto outcome = program(arguments);
    QCOMPARE(outcome.exitCode, 2);
    QCOMPARE(outcome.output, QString());
    QCOMPARE(outcome.fault, fault + u"\n\"quoin --help\" explains the commands and options.\n"_s);
}

void CommandLineTest::helpTellsAStrangerWhatToDo()
{
    const auto outcome = program({u"--help"_s});
    QCOMPARE(outcome.exitCode, 0);
    QCOMPARE(outcome.fault, QString());
    for (const QString &word : {u"serve"_s, u"config"_s, u"verify"_s, u"QUOIN_HTTP_LISTEN"_s, u"quoin.ini"_s,
                                u"--http.listen"_s, u"REDIS_HOST"_s})
        QVERIFY2(outcome.output.contains(word), qPrintable(word));
}

void CommandLineTest::versionNamesQtAndTheSdk()
{
    const auto outcome = program({u"--version"_s});
    QCOMPARE(outcome.exitCode, 0);
    const QStringList lines = outcome.output.split(u'\n');
    QVERIFY(lines[0].startsWith(u"quoin "_s) && lines[0].size() > 8);
    QCOMPARE(lines[1], u"Qt %1 (built with %2)"_s.arg(QString::fromLatin1(qVersion()), QStringLiteral(QT_VERSION_STR)));
    QVERIFY(lines[2].startsWith(u"SDK org.quoin.Plugin/1, minor "_s));
}

void CommandLineTest::configShowsValueOriginAndHelp()
{
    const auto outcome = program({u"config"_s, u"--http.listen"_s, u"127.0.0.1:1"_s},
                                 {{u"QUOIN_LOG_LEVEL"_s, u"Warning"_s}});
    QCOMPARE(outcome.exitCode, 0);
    QCOMPARE(outcome.fault, QString());
    const QStringList lines = outcome.output.split(u'\n');
    const auto lineOf = [&lines](const QString &key) {
        for (const QString &line : lines) {
            if (line.startsWith(key + u' '))
                return line.simplified();
        }
        return QString();
    };
    QCOMPARE(lineOf(u"http.listen"_s), u"http.listen 127.0.0.1:1 command line"_s);
    QCOMPARE(lineOf(u"log.level"_s), u"log.level Warning environment QUOIN_LOG_LEVEL"_s);
    QCOMPARE(lineOf(u"data.dir"_s), u"data.dir /nonexistent/.local/share/quoin default"_s);
    QCOMPARE(lineOf(u"redis.url"_s), u"redis.url (not set) default"_s);
    QVERIFY(outcome.output.contains(u"A line for every request."_s));
    QVERIFY(!outcome.output.contains(u'\x1b')); // no colours in a pipe
}

void CommandLineTest::configMasksPasswords()
{
    const QString url = u"postgresql://me:topsecret@host/db"_s;
    for (const QStringList &arguments : {QStringList{u"config"_s}, QStringList{u"config"_s, u"--json"_s}}) {
        const auto outcome = program(arguments, {{u"QUOIN_DATABASE_URL"_s, url}});
        QVERIFY(outcome.output.contains(u"postgresql://me:***@host/db"_s));
        QVERIFY(!outcome.output.contains(u"topsecret"_s));
    }
}

void CommandLineTest::configAsJson()
{
    const auto outcome = program({u"config"_s, u"--json"_s});
    const auto settings = QJsonDocument::fromJson(outcome.output.toUtf8()).array();
    QVERIFY(settings.size() > 20);
    for (const auto &setting : settings) {
        for (const QString &member : {u"key"_s, u"value"_s, u"origin"_s, u"type"_s, u"default"_s, u"environment"_s,
                                      u"takes_effect"_s, u"help"_s})
            QVERIFY2(setting.toObject().contains(member), qPrintable(member));
    }
}

void CommandLineTest::settingsOfPluginsAreShownAndChecked()
{
    const QStringList config{u"config"_s, u"--data.dir"_s, u"/srv"_s};
    const auto shown = program(config);
    const auto line = shown.output.indexOf(u"\nsip.directory "_s);
    QVERIFY2(line >= 0, qPrintable(shown.output + shown.fault));
    QVERIFY(shown.output.mid(line + 1).simplified().startsWith(u"sip.directory /srv/sips default "_s));

    const auto set = program(config, {{u"QUOIN_SIP_FORMAT"_s, u"tar"_s}});
    QCOMPARE(set.exitCode, 2);
    QVERIFY2(set.fault.contains(u"environment QUOIN_SIP_FORMAT: sip.format = \"tar\": expected one of "_s),
             qPrintable(set.fault));
    const auto unknown = program(config + QStringList{u"--sip.directori"_s, u"x"_s});
    QVERIFY2(unknown.fault.contains(u"there is no setting sip.directori. Did you mean sip.directory?"_s),
             qPrintable(unknown.fault));
}

void CommandLineTest::wrongSettingsStopEveryCommand()
{
    for (const QString &command : {u"serve"_s, u"config"_s}) {
        const auto outcome = program({command, u"--log.level"_s, u"loud"_s}, {{u"QUOIN_NO_SUCH"_s, u"1"_s}});
        QCOMPARE(outcome.exitCode, 2);
        QCOMPARE(outcome.fault,
                 u"quoin: the settings are wrong:\n"
                 "  environment QUOIN_NO_SUCH: there is no such setting.\n"
                 "  command line: log.level = \"loud\": expected one of debug, info, warning, critical\n"
                 "\"quoin config\" lists all settings, \"quoin --help\" says where they come from.\n"_s);
    }
}

void CommandLineTest::serveRefusesWhatItCannotDo()
{
    const auto outcome = program({u"serve"_s}, {{u"CELERY_RESULT_BACKEND"_s, u"redis://h"_s}});
    QCOMPARE(outcome.exitCode, 2);
    QVERIFY2(
        outcome.fault.contains(u"environment CELERY_RESULT_BACKEND: queue.results = \"redis://h\" would be ignored"_s),
        qPrintable(outcome.fault));
}

QTEST_GUILESS_MAIN(CommandLineTest)
#include "tst_commandline.moc"
