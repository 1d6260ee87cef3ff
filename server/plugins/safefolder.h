// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "posix/filedescriptor.h"

#include <quoin/result.h>

#include <QString>
#include <QStringList>

struct stat;

namespace quoin::plugins {

/// A folder that nobody but root and the service's own user can change: neither the folder nor any parent up to / is
/// owned by somebody else or writable by group or others. A parent may be, if it is root's and sticky as /tmp is. (The
/// rule of sudo and sshd.)
class SafeFolder
{
public:
    /// The Error names the component that is not safe, and the command that mends it. Symbolic links in the path are
    /// resolved once; from then on the folder is its descriptor and cannot be swapped.
    static Result<SafeFolder> open(const QString &path);

    /// The same for a folder of the service's own: made with mode 0700 (and its parents) where it is missing, tightened
    /// to 0700.
    static Result<SafeFolder> openPrivate(const QString &path);

    int descriptor() const { return m_descriptor.get(); }
    /// Absolute, without symbolic links.
    const QString &path() const { return m_path; }

    /// The names of the plugin files, sorted: "*.so" and no dot-files. Anything else ("orders.so.avx2",
    /// "orders.so.bak") is not ours.
    Result<QStringList> pluginFiles() const;

private:
    SafeFolder(FileDescriptor descriptor, QString path)
        : m_descriptor(std::move(descriptor))
        , m_path(std::move(path))
    {
    }

    FileDescriptor m_descriptor;
    QString m_path;
};

/// Whether the owner is root or the user this process acts as.
bool isTrustedOwner(const struct stat &status);

/// "0775"
QString modeText(const struct stat &status);

} // namespace quoin::plugins
