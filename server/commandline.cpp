// SPDX-License-Identifier: GPL-3.0-only
#include "commandline.h"

#include "pluginsubcommands.h"
#include "tokensubcommands.h"

#include <quoin/plugin.h>

#include <CLI/CLI.hpp>

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

const char *const description
    = R"(Quoin is an application server that is extended by dropping shared libraries into a folder.)";

const char *const footer = R"(Examples:
  quoin serve                                      serve http://127.0.0.1:5000, data in SQLite
  quoin serve --http.listen 127.0.0.1:8080         the same on another port
  QUOIN_DATABASE_URL=postgresql://me@host/records quoin serve
  quoin worker                                     run tasks of the same database on this or another host
  quoin worker --queue.url redis://broker:6379/0 --queues celery --concurrency 4
                                                   the same beside Celery's workers, on their queue
  quoin config                                     every setting: its value, where it comes from, what it does
  quoin healthcheck                                ask the server of this host whether it is ready
  quoin token create --name laptop --scope admin   make an access token, shown once
  quoin plugin check org.acme.orders.so            say what a plugin has, or what is wrong with it
  quoin sip verify var/sips                        check every package in a folder

Settings come from, the strongest first:
  the command line     --http.listen ADDRESS, or --http.listen=ADDRESS; -l LEVEL is --log.level LEVEL
  the environment      QUOIN_HTTP_LISTEN; QUOIN_DATABASE_URL_FILE names a file that holds the value
  a file               [http] and then listen = ADDRESS; --config FILE, QUOIN_CONFIG,
                       else ~/.config/quoin/quoin.ini, else /etc/quoin/quoin.ini
  their defaults       as "quoin config" prints them
SQLALCHEMY_DATABASE_URI, REDIS_HOST, CELERY_BROKER_URL and CELERY_RESULT_BACKEND are understood where their QUOIN_
setting is not set.)";

struct Split
{
    QList<SettingSources::Argument> settings;
    QStringList rest;
    QStringList operands; ///< After "--": never options.
    QString fault;
};

bool isSetting(const QString &argument)
{
    return argument.startsWith(u"--"_s) && argument.section(u'=', 0, 0).contains(u'.');
}

Split splitSettings(const QStringList &arguments)
{
    Split split;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString &argument = arguments[i];
        if (argument == u"--"_s) {
            split.operands = arguments.mid(i + 1);
            return split;
        }
        if (!isSetting(argument)) {
            split.rest += argument;
            continue;
        }
        const QString key = argument.section(u'=', 0, 0).mid(2);
        if (argument.contains(u'=')) {
            split.settings.append({key, argument.section(u'=', 1)});
        } else if (i + 1 < arguments.size() && !arguments[i + 1].startsWith(u"--"_s)) {
            split.settings.append({key, arguments[++i]});
        } else {
            split.fault = u"%1 needs a value: %1 VALUE, or %1=VALUE"_s.arg(argument);
            return split;
        }
    }
    return split;
}

QString versionText()
{
    return u"quoin %1\nQt %2 (built with %3)\nSDK %4, minor %5\n"_s
        .arg(QStringLiteral(QUOIN_VERSION), QString::fromLatin1(qVersion()), QStringLiteral(QT_VERSION_STR),
             QStringLiteral(QUOIN_PLUGIN_IID))
        .arg(QUOIN_SDK_MINOR);
}

/// The options and commands, and where their values go.
class Parser
{
public:
    Parser()
        : m_app(description, "quoin")
        , m_plugin(m_app, m_paths, m_asJson)
        , m_token(m_app, m_paths, m_asJson)
    {
        m_app.footer(footer);
        m_app.set_help_flag("-h,--help", "Print this help and end");
        m_app.add_flag("--version", m_wantsVersion, "Print the versions of quoin, Qt and the SDK and end");
        m_app.add_option("--config", m_configFile, "Settings file")->type_name("FILE");
        m_app.add_option("-l", m_level, "Least grave log lines: debug, info, warning, critical")->type_name("LEVEL");
        m_app.fallthrough();
        m_serve = m_app.add_subcommand("serve", "Serve HTTP and run tasks until SIGTERM or Ctrl+C");
        m_serve->add_flag("--single", m_isSingle,
                          "Everything in this one process, for a debugger; plugins are loaded once");
        m_worker = m_app.add_subcommand("worker", "Run tasks only, until SIGTERM or Ctrl+C");
        addWorkerOptions();
        m_workerProcess = m_app.add_subcommand("worker-process")->group(""); // what the other two start
        m_config = m_app.add_subcommand("config",
                                        "Print every setting, its value, where it comes from and what it does");
        m_config->add_flag("--json", m_asJson, "As JSON");
        m_healthCheck = m_app.add_subcommand("healthcheck", "Ask the server of this host whether it is ready");
        m_healthCheck->add_flag("--live", m_isAboutLife, "Ask only whether it answers at all");
        m_healthCheck->add_flag("--worker", m_isAboutWorker, "Ask \"quoin worker\", at worker.listen");
        m_healthCheck->add_option("--timeout", m_timeout, "For the whole answer, 2s unless given")
            ->type_name("DURATION");
        m_pluginProbe = m_app.add_subcommand("plugin-probe")->group(""); // what tries a plugin starts
        m_pluginProbe->add_option("copy", m_paths);
        m_sip = m_app.add_subcommand("sip", "Work with packages");
        m_verify = m_sip->add_subcommand("verify", "Check packages: BagIt bags, zipped or not, or folders of them");
        m_verify->add_option("path", m_paths, "Zip files, bags, or folders that hold them")->type_name("PATH");
        m_verify->add_flag("--allow-unlisted-tag-files", m_allowUnlistedTagFiles,
                           "Accept files beside data/ that no tag manifest lists");
        m_sip->require_subcommand(1);
    }

    /// Spelled as Celery's worker spells them; each is a setting.
    void addWorkerOptions()
    {
        m_worker->add_option("-c,--concurrency", m_concurrency, "Tasks at once in each process: queue.concurrency")
            ->type_name("N");
        m_worker->add_option("-Q,--queues", m_queues, "Celery's queues to consume, with commas: queue.consume")
            ->type_name("NAMES");
        m_worker->add_option("-n,--name", m_node, "Name in Celery's tools, such as a@%h: queue.node")
            ->type_name("NAME");
        m_worker->add_flag("-E,--task-events", m_sendsEvents, "Send task events: queue.events");
    }

    CommandLine parse(const QStringList &arguments)
    {
        std::vector<std::string> reversed; // as CLI11 wants them, without the program's name
        for (const QString &argument : arguments)
            reversed.insert(reversed.begin(), argument.toStdString());
        try {
            m_app.parse(std::move(reversed));
        } catch (const CLI::CallForHelp &) {
            return done(QString::fromStdString(m_app.help()));
        } catch (const CLI::ExtrasError &) {
            return wrong(unexpected());
        } catch (const CLI::RequiredError &) {
            return wrong(incomplete());
        } catch (const CLI::ParseError &error) {
            return wrong(QString::fromStdString(error.what()));
        }
        return m_wantsVersion ? done(versionText()) : asked();
    }

    static CommandLine wrong(const QString &sentence)
    {
        CommandLine line;
        line.exitCode = 2;
        line.fault = u"quoin: %1\n\"quoin --help\" explains the commands and options.\n"_s.arg(sentence);
        return line;
    }

private:
    static CommandLine done(const QString &output)
    {
        CommandLine line;
        line.output = output;
        return line;
    }

    QString unexpected() const
    {
        const QString extra = QString::fromStdString(m_app.remaining(true).front());
        if (extra.startsWith(u'-'))
            return u"there is no option %1; settings are written with a dot, such as --http.listen"_s.arg(extra);
        if (m_app.get_subcommands().empty())
            return u"there is no command \"%1\"; the commands are serve, worker, config, healthcheck, token, plugin and sip verify"_s
                .arg(extra);
        return u"\"%1\" is one argument too many"_s.arg(extra);
    }

    /// A command with commands below it, and none of them.
    QString incomplete() const
    {
        const CLI::App *const group = m_app.get_subcommands().front();
        QStringList names;
        for (const CLI::App *command : group->get_subcommands([](const CLI::App *) { return true; }))
            names.append(QString::fromStdString(command->get_name()));
        const auto words = m_app.remaining(true);
        const QString what = words.empty()
            ? u"say what to do"_s
            : u"there is no command \"%1 %2\""_s.arg(QString::fromStdString(group->get_name()),
                                                     QString::fromStdString(words.front()));
        return u"%1; after \"quoin %2\" comes one of: %3"_s.arg(what, QString::fromStdString(group->get_name()),
                                                                names.join(u", "_s));
    }

    CommandLine asked() const
    {
        CommandLine line;
        line.sources.configFile = QString::fromStdString(m_configFile);
        takeOptions(line.sources.arguments);
        line.isSingle = m_isSingle;
        line.asJson = m_asJson;
        line.pluginVerb = m_plugin.parsed();
        line.pluginFolder = m_plugin.folder();
        line.tokenVerb = m_token.parsed();
        line.tokenWish = m_token.wish();
        line.healthQuestion = {m_isAboutLife, m_isAboutWorker, QString::fromStdString(m_timeout)};
        line.allowUnlistedTagFiles = m_allowUnlistedTagFiles;
        for (const std::string &path : m_paths)
            line.paths.append(QString::fromStdString(path));
        if (m_serve->parsed())
            line.command = CommandLine::Command::Serve;
        else if (m_worker->parsed())
            line.command = CommandLine::Command::Worker;
        else if (m_workerProcess->parsed())
            line.command = CommandLine::Command::WorkerProcess;
        else if (m_config->parsed())
            line.command = CommandLine::Command::Config;
        else if (!line.pluginVerb.isEmpty())
            line.command = CommandLine::Command::Plugin;
        else if (!line.tokenVerb.isEmpty())
            line.command = CommandLine::Command::Token;
        else if (m_healthCheck->parsed())
            line.command = CommandLine::Command::HealthCheck;
        else if (m_pluginProbe->parsed())
            line.command = CommandLine::Command::PluginProbe;
        else if (m_verify->parsed())
            line.command = CommandLine::Command::SipVerify;
        else
            return wrong(
                u"say what to do; the commands are serve, worker, config, healthcheck, token, plugin and sip verify"_s);
        return line;
    }

    /// The options that are other words for settings.
    void takeOptions(QList<SettingSources::Argument> &settings) const
    {
        const auto take = [&settings](const QString &key, const std::string &text) {
            if (!text.empty())
                settings.append({key, QString::fromStdString(text)});
        };
        take(u"log.level"_s, m_level);
        take(u"queue.concurrency"_s, m_concurrency);
        take(u"queue.consume"_s, m_queues);
        take(u"queue.node"_s, m_node);
        take(u"queue.events"_s, m_sendsEvents ? "true" : "");
    }

    bool m_asJson = false;            // before m_plugin and m_token, to which they are lent
    std::vector<std::string> m_paths; //
    CLI::App m_app;
    PluginSubcommands m_plugin;
    TokenSubcommands m_token;
    CLI::App *m_pluginProbe = nullptr;
    CLI::App *m_serve = nullptr;
    CLI::App *m_worker = nullptr;
    CLI::App *m_workerProcess = nullptr;
    CLI::App *m_config = nullptr;
    CLI::App *m_healthCheck = nullptr;
    CLI::App *m_sip = nullptr;
    CLI::App *m_verify = nullptr;
    bool m_wantsVersion = false;
    bool m_isAboutLife = false;
    bool m_isAboutWorker = false;
    std::string m_timeout = "2s";
    bool m_isSingle = false;
    bool m_allowUnlistedTagFiles = false;
    std::string m_configFile;
    std::string m_level;
    std::string m_concurrency;
    std::string m_queues;
    std::string m_node;
    bool m_sendsEvents = false;
};

QString operandFault(const CommandLine &line)
{
    using enum CommandLine::Command;
    if (line.command == Plugin)
        return PluginSubcommands::operandFault(line.pluginVerb, line.paths);
    if (line.command == Token)
        return TokenSubcommands::operandFault(line.tokenVerb, line.paths);
    if (line.command == PluginProbe)
        return line.paths.size() == 1 ? QString() : u"plugin-probe takes one file"_s;
    if (line.command == SipVerify)
        return line.paths.isEmpty() ? u"say which packages to check: quoin sip verify PATH..."_s : QString();
    return line.paths.isEmpty() ? QString() : u"\"%1\" is one argument too many"_s.arg(line.paths.first());
}

} // namespace

CommandLine parseCommandLine(const QStringList &arguments)
{
    const Split split = splitSettings(arguments.mid(1));
    if (!split.fault.isEmpty())
        return Parser::wrong(split.fault);

    CommandLine line = Parser().parse(split.rest);
    line.paths += split.operands;
    if (const QString fault = operandFault(line); line.exitCode == 0 && !fault.isEmpty())
        return Parser::wrong(fault);
    line.sources.environment = processEnvironment();
    line.sources.arguments += split.settings;
    return line;
}

} // namespace quoin::server
