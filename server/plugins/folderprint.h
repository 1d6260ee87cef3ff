// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/filestamp.h"

#include <QMap>
#include <QString>

#include <functional>

namespace quoin::plugins {

/// What a folder's files look like from outside, to tell by comparing whether any has changed.
struct FolderPrint
{
    QMap<QString, FileStamp> files; ///< By name; empty if the folder cannot be listed.
    quint64 inode = 0;              ///< Of the folder itself: another one may have taken its place.
    quint32 mode = 0;               ///< Of the folder itself: its rights may have been mended.

    static FolderPrint of(const QString &path, const std::function<bool(const QString &name)> &isOurs);

    bool operator==(const FolderPrint &) const = default;
};

/// Whether it is on a file system whose changes may be made elsewhere, so that this kernel cannot tell of them.
bool isOnNetwork(const QString &path);

} // namespace quoin::plugins
