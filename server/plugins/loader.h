// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/fault.h"

#include <QJsonObject>
#include <QString>

#include <functional>

namespace quoin {
class Plugin;
}

namespace quoin::plugins {

/// What QPluginLoader reads from a copy in the store without running any of it; empty if it finds nothing.
QJsonObject loaderMetadata(const QString &copy);

/// Maps the copy with every symbol resolved now and makes the plugin's one instance. Runs its static initialisers and,
/// after beforeConstructor, its constructor. Null and *fault if the dynamic linker, Qt or the constructor refuses. The
/// library stays mapped for the life of the process and the instance belongs to it: nothing is ever unloaded.
///
/// A static initialiser that throws or crashes cannot be survived here (glibc 2.36 leaves its loader lock held, later
/// ones end the process): only trying the plugin in a process of its own finds that out.
Plugin *loadPlugin(const QString &copy, Fault *fault, const std::function<void()> &beforeConstructor = {});

} // namespace quoin::plugins
