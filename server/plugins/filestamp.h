// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>

namespace quoin::plugins {

/// By what a changed file is known without reading it. Copying over it with the old times restored changes ctime.
struct FileStamp
{
    quint64 device = 0;
    quint64 inode = 0;
    qint64 size = -1;
    qint64 modified = 0; ///< In nanoseconds.
    qint64 changed = 0;  ///< In nanoseconds.

    bool operator==(const FileStamp &) const = default;
};

/// Of a name in an open folder, symbolic links not followed; as at construction if there is no such file.
FileStamp stampOf(int folder, const QString &name);

} // namespace quoin::plugins
