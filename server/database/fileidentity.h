// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>

#include <sys/types.h>

#include <optional>

namespace quoin::database {

/// Which file a path led to. A SQLite file that is removed or replaced while it is open goes on taking commits, which
/// nobody will ever read (sqlite.org/howtocorrupt.html, section 4.4): the one who looks at the path again sees it.
class FileIdentity
{
public:
    static std::optional<FileIdentity> of(const QString &path); ///< Nothing: there is no such file.

    bool operator==(const FileIdentity &) const = default;

private:
    FileIdentity(dev_t device, ino_t inode)
        : m_device(device)
        , m_inode(inode)
    {
    }

    dev_t m_device;
    ino_t m_inode;
};

} // namespace quoin::database
