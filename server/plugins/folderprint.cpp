// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/folderprint.h"

#include <QFile>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include <algorithm>
#include <iterator>
#include <memory>

namespace quoin::plugins {

FolderPrint FolderPrint::of(const QString &path, const std::function<bool(const QString &)> &isOurs)
{
    FolderPrint print;
    const std::unique_ptr<DIR, int (*)(DIR *)> directory(::opendir(QFile::encodeName(path).constData()), &::closedir);
    if (!directory)
        return print;
    struct stat status = {};
    if (::fstat(::dirfd(directory.get()), &status) == 0) {
        print.inode = status.st_ino;
        print.mode = status.st_mode;
    }
    while (const dirent *entry = ::readdir(directory.get())) {
        const QString name = QFile::decodeName(entry->d_name);
        if (isOurs(name))
            print.files.insert(name, stampOf(::dirfd(directory.get()), name));
    }
    return print;
}

bool isOnNetwork(const QString &path)
{
    // statfs(2) and, for those it does not list, the file systems' sources: cifs, ceph, lustre, gfs2.
    constexpr quint32 networked[] = {NFS_SUPER_MAGIC,  SMB_SUPER_MAGIC, SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC,
                                     FUSE_SUPER_MAGIC, V9FS_MAGIC,      AFS_SUPER_MAGIC,  CODA_SUPER_MAGIC,
                                     CEPH_SUPER_MAGIC, NCP_SUPER_MAGIC, 0x0bd00bd0,       0x01161970};
    struct statfs status = {};
    if (::statfs(QFile::encodeName(path).constData(), &status) != 0)
        return false;
    return std::find(std::begin(networked), std::end(networked), static_cast<quint32>(status.f_type))
        != std::end(networked);
}

} // namespace quoin::plugins
