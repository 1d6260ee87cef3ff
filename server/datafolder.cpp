// SPDX-License-Identifier: GPL-3.0-only
#include "datafolder.h"

#include <QDir>
#include <QFile>

#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

using namespace Qt::StringLiterals;

namespace quoin::server {

Result<> prepareDataFolder(const QString &folder)
{
    if (!QDir().mkpath(folder))
        return Error::internal(u"the folder %1 (data.dir) cannot be made: make it, or name another"_s.arg(folder));
    if (::access(QFile::encodeName(folder).constData(), W_OK | X_OK) != 0)
        return Error::internal(u"the folder %1 (data.dir) cannot be written: %2"_s.arg(folder, qt_error_string(errno)));
    return {};
}

QString pluginStore(const QString &dataFolder) { return dataFolder + u"/plugin-store"_s; }

// Asks for the folder itself: QStorageInfo of Qt 6.4 looks for its mount first, which a chroot may not show.
Result<> checkStorage(const QString &folder)
{
    constexpr quint64 leastFreeSpace = 16 * 1024 * 1024; // bytes
    struct statvfs storage = {};
    if (::statvfs(QFile::encodeName(folder).constData(), &storage) != 0)
        return Error::unavailable(u"data.dir cannot be looked at: %1"_s.arg(qt_error_string(errno)));
    if (storage.f_bavail * storage.f_frsize < leastFreeSpace)
        return Error::unavailable(u"less than 16 MiB are free in data.dir"_s);
    return {};
}

} // namespace quoin::server
