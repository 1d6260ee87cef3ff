// SPDX-License-Identifier: GPL-3.0-only
#include "commandline.h"
#include "configcommand.h"
#include "developcommand.h"
#include "healthcheckcommand.h"
#include "log/log.h"
#include "newplugincommand.h"
#include "passedsockets.h"
#include "plugincommand.h"
#include "pluginplace.h"
#include "plugins/probe.h"
#include "serve.h"
#include "servicemanager.h"
#include "settings/configuration.h"
#include "settings/settingrules.h"
#include "signals.h"
#include "sipcommand.h"
#include "supervise.h"
#include "tokencommand.h"
#include "tokendatabase.h"
#include "worker.h"

#include <QCoreApplication>
#include <QTextStream>

#include <clocale>
#include <cstdlib>
#include <cstring>
#include <langinfo.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace quoin::server;
using quoin::Result;

namespace {

constexpr int usageFault = 2;

/// Qt wants UTF-8 and otherwise takes C.UTF-8, with four lines on standard error; a bare system and a service have no
/// locale. To be called before the first thread (setenv).
void chooseLocale()
{
    std::setlocale(LC_ALL, "");
    if (std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setenv("LC_ALL", "C.UTF-8", 1);
}

/// While TZ is not set, the C library looks at /etc/localtime, behind a lock, each time it converts a local time, and
/// threads that read zips wait for one another: libzip does so for each entry. Named, it is looked at once (tzset(3)).
/// To be called before the first thread.
void nameTimeZone() { setenv("TZ", ":/etc/localtime", 0); }

/// Nothing that others may write to is trusted. Where each user has a group (umask 002), the server's own folders would
/// be of that kind. Its workers inherit it.
void keepFromOthers() { ::umask(::umask(022) | 022); }

void write(FILE *stream, const QString &text) { QTextStream(stream) << text << Qt::flush; }

int refuse(const QStringList &faults)
{
    write(
        stderr,
        u"quoin: the settings are wrong:\n  %1\n\"quoin config\" lists all settings, \"quoin --help\" says where they come from.\n"_s
            .arg(faults.join(u"\n  "_s)));
    return usageFault;
}

int printSettings(const Settings &settings, bool asJson)
{
    for (const QString &warning : settings.warnings() + refusedSettings(settings))
        write(stderr, u"warning: %1\n"_s.arg(warning));
    if (asJson)
        write(stdout, QString::fromUtf8(settingsAsJson(settings)));
    else
        write(stdout,
              settingsAsText(settings, ::isatty(STDOUT_FILENO) == 1 && qEnvironmentVariableIsEmpty("NO_COLOR")));
    return 0;
}

/// What the service manager gave to this process.
struct Given
{
    ServiceManager manager;
    QList<PassedSocket> sockets = takePassedSockets();
};

/// Where the sockets listen that were given, as http.listen says it: what depends on who can connect looks there.
Result<SettingSources> withSockets(const SettingSources &sources, const QList<PassedSocket> &sockets)
{
    QStringList addresses;
    for (const PassedSocket &socket : sockets) {
        const auto address = addressOf(socket);
        if (!address)
            return address.error();
        addresses.append(address->toString());
    }
    SettingSources all = sources;
    if (!addresses.isEmpty())
        all.arguments.append({u"http.listen"_s, addresses.join(u", "_s), u"socket of the service manager"_s});
    return all;
}

int runServe(const Configuration &configuration, const CommandLine &line, Given &given)
{
    const Settings &settings = configuration.settings;
    QStringList refused = refusedSettings(settings);
    keepFromOthers();
    if (line.command == CommandLine::Command::Serve) {
        if (const auto door = refusedDoor(settings))
            refused.append(*door);
    }
    if (!refused.isEmpty())
        return refuse(refused);

    Signals signalSource; // before the first thread, which the log starts
    Log log(settings);
    const bool isTasksOnly = line.command == CommandLine::Command::Worker;
    for (const QString &warning : settings.warnings() + (isTasksOnly ? QStringList() : settingsOfWorkers(settings)))
        qWarning().noquote() << "setting ignored" << warning;
    if (line.isSingle)
        return serve(configuration, given.sockets, log, given.manager, signalSource);
    if (isTasksOnly && !given.sockets.isEmpty())
        qWarning() << "sockets of the service manager are not used: \"quoin worker\" serves no requests";
    Supervision::Ground ground{Supervision::Role::Serve, &log, &given.manager, given.sockets};
    if (isTasksOnly)
        ground = {Supervision::Role::TasksOnly, &log, &given.manager, {}};
    return supervise(configuration, ground, signalSource);
}

/// Files are read once, so that all that depends on settings sees the same.
int serveOrWork(const CommandLine &line, Given &given)
{
    auto sources = withSockets(line.sources,
                               line.command == CommandLine::Command::Serve ? given.sockets : QList<PassedSocket>());
    if (!sources)
        return refuse({sources.error().message()});
    sources->files = SettingFiles::read(sources->configFile, sources->environment);
    const auto settings = loadSettings(*sources, Surroundings::here());
    if (!settings)
        return refuse(settings.error().message().split(u'\n'));
    return runServe({*settings, *sources}, line, given);
}

int runPlugin(const CommandLine &line)
{
    QTextStream out(stdout);
    QTextStream err(stderr);
    if (line.pluginVerb == u"new"_s)
        return newPlugin(line.paths.first(), line.pluginFolder, out, err);
    if (line.pluginVerb == u"check"_s)
        return checkPlugin(line.paths.first(), line.asJson, out); // needs no settings: a file is checked anywhere
    const auto settings = loadSettings(line.sources, Surroundings::here());
    if (!settings)
        return refuse(settings.error().message().split(u'\n'));
    if (line.pluginVerb == u"dev"_s)
        return developPlugins(line.paths.first(), *settings, out, err);
    return managePlugins(PluginPlace::of(*settings), line.pluginVerb, line.paths.value(0), line.asJson, {out, err});
}

int runToken(const Settings &settings, const CommandLine &line)
{
    QTextStream out(stdout);
    QTextStream err(stderr);
    keepFromOthers();
    return manageTokens(settings, line.tokenVerb, line.tokenWish, line.paths.value(0), line.asJson, out, err);
}

int run(const CommandLine &line, Given &given)
{
    if (line.command == CommandLine::Command::PluginProbe)
        quoin::plugins::probeMain(line.paths.first());
    if (line.command == CommandLine::Command::Done) {
        write(stdout, line.output);
        write(stderr, line.fault);
        return line.exitCode;
    }
    if (line.command == CommandLine::Command::SipVerify) { // needs no settings: a package is checked anywhere
        QTextStream out(stdout);
        return verifyPackages(line.paths, out, line.allowUnlistedTagFiles);
    }
    if (line.command == CommandLine::Command::Plugin)
        return runPlugin(line);
    if (line.command == CommandLine::Command::WorkerProcess)
        return work();
    if (line.command == CommandLine::Command::Serve || line.command == CommandLine::Command::Worker)
        return serveOrWork(line, given);
    if (line.command == CommandLine::Command::HealthCheck) {
        QTextStream out(stdout);
        QTextStream err(stderr);
        return checkHealth(line.sources, line.healthQuestion, out, err);
    }
    const auto settings = loadSettings(line.sources, Surroundings::here());
    if (!settings)
        return refuse(settings.error().message().split(u'\n'));
    if (line.command == CommandLine::Command::Token)
        return runToken(*settings, line);
    return printSettings(*settings, line.asJson);
}

} // namespace

int main(int argc, char *argv[])
{
    chooseLocale();
    nameTimeZone();
    setenv("QT_NO_GLIB", "1", 1); // Qt's own event loop: one less between a turn's begin and its end
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"quoin"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(QUOIN_VERSION));
    Given given; // before the first thread
    return run(parseCommandLine(QCoreApplication::arguments()), given);
}
