// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/filestamp.h"

#include <QFile>

#include <fcntl.h>
#include <sys/stat.h>

namespace quoin::plugins {

namespace {

qint64 nanoseconds(const struct timespec &time) { return qint64(time.tv_sec) * 1'000'000'000 + time.tv_nsec; }

} // namespace

FileStamp stampOf(int folder, const QString &name)
{
    struct stat status = {};
    if (::fstatat(folder, QFile::encodeName(name).constData(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return {};
    return {status.st_dev, status.st_ino, status.st_size, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

} // namespace quoin::plugins
