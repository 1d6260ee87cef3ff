// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pluginfile.h"

#include "plugins/safefolder.h"
#include "posix/filedescriptor.h"

#include <QCryptographicHash>
#include <QFile>

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

/// Far above any plugin with all its debug information, far below what hurts.
constexpr qint64 largestFile = qint64(256) * 1024 * 1024;

std::optional<Fault> unsafety(const struct stat &status, const QString &path, qint64 most)
{
    if (!S_ISREG(status.st_mode))
        return Fault{u"not a regular file"_s, u"put the file itself into the folder"_s};
    if (!isTrustedOwner(status)) {
        return Fault{
            u"owned by uid %1, neither by root nor by the service (uid %2)"_s.arg(status.st_uid).arg(::geteuid()),
            u"chown %1"_s.arg(path)};
    }
    if (status.st_mode & (S_IWGRP | S_IWOTH))
        return Fault{u"writable by others (mode %1)"_s.arg(modeText(status)), u"chmod go-w %1"_s.arg(path)};
    if (status.st_nlink != 1) {
        return Fault{u"has %1 hard links: it can be changed from elsewhere"_s.arg(status.st_nlink),
                     u"copy it into the folder instead of linking it"_s};
    }
    if (status.st_size > most) {
        return Fault{u"has %1 bytes, more than the %2 it may have"_s.arg(status.st_size).arg(most),
                     u"strip it, or look whether it is the right file"_s};
    }
    return std::nullopt;
}

std::optional<QByteArray> readAll(int fd, qint64 size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    qint64 done = 0;
    while (done < size) {
        const ssize_t got = ::read(fd, bytes.data() + done, static_cast<size_t>(size - done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return std::nullopt;
        done += got;
    }
    return bytes;
}

bool isSameMoment(const struct stat &before, const struct stat &after)
{
    return before.st_size == after.st_size && before.st_mtim.tv_sec == after.st_mtim.tv_sec
        && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec && before.st_ctim.tv_sec == after.st_ctim.tv_sec
        && before.st_ctim.tv_nsec == after.st_ctim.tv_nsec;
}

} // namespace

std::optional<QByteArray> readSafeFile(const SafeFolder &folder, const QString &name, qint64 most, Fault *fault)
{
    const QString path = folder.path() + u'/' + name;
    // O_NONBLOCK: opening a pipe that somebody named x.so must not wait for its writer.
    const FileDescriptor file(::openat(folder.descriptor(), QFile::encodeName(name).constData(),
                                       O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    struct stat before = {};
    if (!file.isOpen() || ::fstat(file.get(), &before) != 0) {
        *fault = errno == ELOOP ? Fault{u"a symbolic link"_s, u"put the file itself into the folder"_s}
                                : Fault{u"cannot be opened: %1"_s.arg(qt_error_string(errno)), u"make it readable"_s};
        return std::nullopt;
    }
    if (const auto why = unsafety(before, path, most)) {
        *fault = *why;
        return std::nullopt;
    }
    auto bytes = readAll(file.get(), before.st_size);
    struct stat after = {};
    if (!bytes || ::fstat(file.get(), &after) != 0 || !isSameMoment(before, after)) {
        *fault = {u"changed while it was read"_s,
                  u"write it elsewhere and move it into the folder when it is complete"_s};
        return std::nullopt;
    }
    return bytes;
}

std::optional<PluginFile> readPluginFile(const SafeFolder &folder, const QString &name, Fault *fault)
{
    const auto bytes = readSafeFile(folder, name, largestFile, fault);
    if (!bytes)
        return std::nullopt;
    const QByteArray hash = QCryptographicHash::hash(*bytes, QCryptographicHash::Sha256).toHex();
    return PluginFile{folder.path() + u'/' + name, name.chopped(3), *bytes, hash};
}

} // namespace quoin::plugins
