// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "healthcheckcommand.h"
#include "settings/settings.h"
#include "tokensubcommands.h"

#include <QStringList>

namespace quoin::server {

/// What the command line asks for. A value.
struct CommandLine
{
    enum class Command {
        Done,
        Serve,
        Worker,
        WorkerProcess,
        Config,
        SipVerify,
        Plugin,
        PluginProbe,
        Token,
        HealthCheck
    };

    Command command = Command::Done;    ///< Done: write output or fault, and end with exitCode.
    SettingSources sources;             ///< Environment of the process, arguments, --config.
    bool isSingle = false;              ///< serve --single
    bool asJson = false;                ///< config --json, plugin list --json, plugin check --json, token list --json
    QStringList paths;                  ///< sip verify PATH..., the FILE or ID of plugin ..., the NAME of token ...
    QString pluginVerb;                 ///< plugin check, list, install ...
    QString tokenVerb;                  ///< token create, list or revoke.
    TokenWish tokenWish;                ///< token create
    HealthQuestion healthQuestion;      ///< healthcheck
    QString pluginFolder;               ///< plugin new --dir DIR; empty without it.
    bool allowUnlistedTagFiles = false; ///< sip verify --allow-unlisted-tag-files

    int exitCode = 0; ///< 2: the command line is wrong.
    QString output;   ///< For stdout: help, version.
    QString fault;    ///< For stderr.
};

/// Reads the arguments, the program's name first. Settings are the options with a dot in their name ("--http.listen
/// ADDRESS"); they may stand anywhere before "--" and are not checked here, since plugins declare theirs later.
CommandLine parseCommandLine(const QStringList &arguments);

} // namespace quoin::server
