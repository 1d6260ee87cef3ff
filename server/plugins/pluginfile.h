// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/fault.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace quoin::plugins {

class SafeFolder;

/// A file of the drop folder as it was at one moment: everything later works on these bytes, never on the file.
struct PluginFile
{
    QString path;     ///< Where it was.
    QString baseName; ///< Its name without ".so": what its id must be.
    QByteArray bytes;
    QByteArray sha256; ///< Of the bytes, in lower-case hexadecimal.
};

/// The bytes of a file that nobody but root and the service's user can change, if there are no more of them than most.
/// See readPluginFile().
std::optional<QByteArray> readSafeFile(const SafeFolder &folder, const QString &name, qint64 most, Fault *fault);

/// Reads a file that nobody but root and the service's user can change: regular, no symbolic link, one hard link, not
/// writable by group or others. The descriptor is checked, not the path, so that nothing can be swapped in between.
/// Nothing and *fault otherwise.
std::optional<PluginFile> readPluginFile(const SafeFolder &folder, const QString &name, Fault *fault);

} // namespace quoin::plugins
