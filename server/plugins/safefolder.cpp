// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/safefolder.h"

#include <QDir>
#include <QFile>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <optional>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

constexpr mode_t othersMayWrite = S_IWGRP | S_IWOTH;

/// What makes this component unsafe, if anything does.
std::optional<QString> unsafety(const QString &path, const struct stat &status, bool isLast)
{
    if (!isTrustedOwner(status)) {
        return u"%1 is owned by uid %2, neither by root nor by the service (uid %3): chown it, or use another folder"_s
            .arg(path)
            .arg(status.st_uid)
            .arg(::geteuid());
    }
    const bool isRootsSticky = status.st_uid == 0 && (status.st_mode & S_ISVTX);
    if ((status.st_mode & othersMayWrite) && (isLast || !isRootsSticky)) {
        return u"%1 is writable by others (mode %2): chmod go-w %1"_s.arg(path, modeText(status));
    }
    return std::nullopt;
}

/// One step down from parent, never through a symbolic link.
Result<FileDescriptor> step(const FileDescriptor &parent, const QString &name, const QString &path, bool isLast)
{
    const int flags = O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW | (isLast ? O_RDONLY : O_PATH);
    FileDescriptor next(
        ::openat(parent.isOpen() ? parent.get() : AT_FDCWD, QFile::encodeName(name).constData(), flags));
    struct stat status = {};
    if (!next.isOpen() || ::fstat(next.get(), &status) != 0)
        return Error::invalid(u"cannot open folder %1: %2"_s.arg(path, qt_error_string(errno)));
    if (const auto why = unsafety(path, status, isLast))
        return Error::invalid(*why);
    return next;
}

} // namespace

bool isTrustedOwner(const struct stat &status) { return status.st_uid == 0 || status.st_uid == ::geteuid(); }

QString modeText(const struct stat &status) { return u"%1"_s.arg(status.st_mode & 07777, 4, 8, QLatin1Char('0')); }

Result<SafeFolder> SafeFolder::open(const QString &path)
{
    const QString canonical = QDir(path).canonicalPath();
    if (canonical.isEmpty())
        return Error::invalid(u"there is no folder %1: create it, or name another one"_s.arg(path));

    QStringList names = canonical.split(u'/', Qt::SkipEmptyParts);
    FileDescriptor current;
    QString reached = u"/"_s;
    names.prepend(reached);
    for (qsizetype i = 0; i < names.size(); ++i) {
        if (i > 0)
            reached += (i > 1 ? u"/"_s : QString()) + names.at(i);
        auto next = step(current, names.at(i), reached, i == names.size() - 1);
        if (!next)
            return next.error();
        current = *std::move(next);
    }
    return SafeFolder(std::move(current), canonical);
}

Result<SafeFolder> SafeFolder::openPrivate(const QString &path)
{
    const QString absolute = QDir::cleanPath(QDir(path).absolutePath());
    // Those above it that are missing, for no others to write to: with umask 002, as where each user has a group, none
    // of them could be trusted.
    for (qsizetype slash = absolute.indexOf(u'/', 1); slash > 0; slash = absolute.indexOf(u'/', slash + 1)) {
        const QString above = absolute.left(slash);
        if (!QFile::exists(above) && ::mkdir(QFile::encodeName(above).constData(), 0755) != 0 && errno != EEXIST)
            return Error::invalid(u"cannot create folder %1: %2"_s.arg(above, qt_error_string(errno)));
    }
    const QByteArray name = QFile::encodeName(absolute);
    struct stat status = {};
    if (::mkdir(name.constData(), 0700) != 0 && errno != EEXIST)
        return Error::invalid(u"cannot create folder %1: %2"_s.arg(absolute, qt_error_string(errno)));
    // Older versions or a copying administrator may have left it readable; only its owner can tighten it.
    if (::lstat(name.constData(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid()
        && (status.st_mode & 07777) != 0700 && ::chmod(name.constData(), 0700) != 0)
        return Error::invalid(u"cannot make folder %1 private: %2"_s.arg(absolute, qt_error_string(errno)));
    return open(absolute);
}

Result<QStringList> SafeFolder::pluginFiles() const
{
    // A descriptor of its own: closedir() closes it, and the read position is not shared.
    const int fd = ::openat(m_descriptor.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, int (*)(DIR *)> directory(fd < 0 ? nullptr : ::fdopendir(fd), &::closedir);
    if (!directory)
        return Error::invalid(u"cannot list folder %1: %2"_s.arg(m_path, qt_error_string(errno)));
    QStringList names;
    while (const dirent *entry = ::readdir(directory.get())) {
        const QString name = QFile::decodeName(entry->d_name);
        if (!name.startsWith(u'.') && name.endsWith(u".so"_s))
            names.append(name);
    }
    names.sort();
    return names;
}

} // namespace quoin::plugins
