// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/fault.h"

#include <QByteArrayView>
#include <QStringList>

#include <optional>

namespace quoin::plugins {

/// What the host allows beyond what it must forbid.
struct LintOptions
{
    /// Beginnings of the names of shared libraries that a plugin may need. Others must be linked statically: a library
    /// that is not part of the system would have to be found beside the plugin, and the plugin is loaded from a copy.
    QStringList libraries = defaultLibraries();

    /// Qt, the C and C++ runtimes, sanitizers' runtimes, zlib, libarchive, OpenSSL.
    static QStringList defaultLibraries();
};

/// Looks at the bytes of a plugin file without running any of it, and says what is wrong, if anything is. Safe for any
/// bytes.
std::optional<Fault> lint(QByteArrayView bytes, const LintOptions &options = {});

} // namespace quoin::plugins
