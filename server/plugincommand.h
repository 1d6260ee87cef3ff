// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QString>

#include <chrono>

class QTextStream;

namespace quoin::server {

class PluginPlace;

/// Where the commands below write to, lent, and how long they wait for a server's verdict.
struct PluginOutput
{
    QTextStream &out;
    QTextStream &err;
    std::chrono::milliseconds patience = std::chrono::seconds(60);
};

// The commands `quoin plugin ...`. Each writes what it did or why it did not, runs an event loop while it waits, and
// returns the exit code: 0 it is as asked for, 1 it is not.

/// check FILE: takes a private copy of any file, looks at it without running it, tries it in a process of its own and
/// says what it is and has, or at which gate it would be refused, why, and what to do. Needs no settings.
int checkPlugin(const QString &file, bool asJson, QTextStream &out);

/// list: what the server's supervisor says of each plugin, or how the last one left it.
int listPlugins(const PluginPlace &place, bool asJson, const PluginOutput &to);

/// install FILE: checks it, puts it with its signature into plugins.dir at one stroke and waits for the verdict of the
/// server, if one runs.
int installPlugin(const PluginPlace &place, const QString &file, const PluginOutput &to);

int fail(const Error &error, const PluginOutput &to);

/// Any that needs settings, by its name on the command line: those, and remove, enable, disable, rollback.
int managePlugins(const PluginPlace &place, const QString &verb, const QString &operand, bool asJson,
                  const PluginOutput &to);

} // namespace quoin::server
