// SPDX-License-Identifier: GPL-3.0-only
#include "support/smalldisk.h"

#include <QFile>

#include <cerrno>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

using namespace Qt::StringLiterals;

namespace quoin::test {
namespace {

struct statvfs room(const QString &folder)
{
    struct statvfs room = {};
    if (::statvfs(QFile::encodeName(folder).constData(), &room) != 0)
        qFatal("statvfs: %s", qPrintable(qt_error_string(errno)));
    return room;
}

} // namespace

QString SmallDisk::leaveTheOthers()
{
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return u"a disk of its own needs root, and a root folder that is a mount (%1)"_s.arg(qt_error_string(errno));
    return {};
}

SmallDisk::SmallDisk(const QString &folder, qint64 bytes, qint64 inodes)
    : m_folder(folder)
{
    const QByteArray options = "mode=0700,size=" + QByteArray::number(bytes)
        + ",nr_inodes=" + QByteArray::number(inodes);
    if (::mount("small", QFile::encodeName(folder).constData(), "tmpfs", MS_NOSUID | MS_NODEV, options.constData())
        != 0)
        qFatal("cannot mount %s: %s", qPrintable(folder), qPrintable(qt_error_string(errno)));
}

/// Detached: who still has a file of it open keeps that.
SmallDisk::~SmallDisk() { ::umount2(QFile::encodeName(m_folder).constData(), MNT_DETACH); }

void SmallDisk::fillBytes(qint64 except)
{
    QFile file(m_folder + u"/.ballast"_s);
    const auto free = room(m_folder);
    const qint64 bytes = qint64(free.f_bavail) * qint64(free.f_frsize) - except;
    if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered) || file.write(QByteArray(bytes, 'x')) != bytes)
        qFatal("cannot fill %s: %s", qPrintable(m_folder), qPrintable(file.errorString()));
    m_ballast.append(file.fileName());
}

void SmallDisk::fillInodes()
{
    for (auto left = room(m_folder).f_ffree; left > 0; --left) {
        QFile file(m_folder + u"/.ballast%1"_s.arg(left));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("cannot fill %s: %s", qPrintable(m_folder), qPrintable(file.errorString()));
        m_ballast.append(file.fileName());
    }
}

void SmallDisk::makeRoom()
{
    for (const QString &file : std::exchange(m_ballast, {})) {
        if (!QFile::remove(file))
            qFatal("cannot remove %s", qPrintable(file));
    }
}

} // namespace quoin::test
