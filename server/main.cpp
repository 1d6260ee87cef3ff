// SPDX-License-Identifier: GPL-3.0-only
#include "commandline.h"
#include "configcommand.h"
#include "developcommand.h"
#include "log/log.h"
#include "newplugincommand.h"
#include "plugincommand.h"
#include "pluginplace.h"
#include "plugins/probe.h"
#include "serve.h"
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

int runServe(const Settings &settings, const CommandLine &line)
{
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
    for (const QString &warning : settings.warnings())
        qWarning().noquote() << "setting ignored" << warning;
    if (line.isSingle)
        return serve(settings, log, signalSource);
    const bool isTasksOnly = line.command == CommandLine::Command::Worker;
    return supervise(settings, line.sources, isTasksOnly ? Supervision::Role::TasksOnly : Supervision::Role::Serve, log,
                     signalSource);
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

int run(const CommandLine &line)
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
        return work(line);
    const auto settings = loadSettings(line.sources, Surroundings::here());
    if (!settings)
        return refuse(settings.error().message().split(u'\n'));
    if (line.command == CommandLine::Command::Token)
        return runToken(*settings, line);
    if (line.command == CommandLine::Command::Config)
        return printSettings(*settings, line.asJson);
    return runServe(*settings, line);
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
    return run(parseCommandLine(QCoreApplication::arguments()));
}
