// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <utility>

namespace quoin::test {

/// A file system that is small and soon full: a tmpfs(5), which only this process and those it starts can see.
class SmallDisk
{
public:
    /// Whom the calling thread starts from now on, threads and processes, shares its view of the file systems and no
    /// other's. Call it before there are others. The reason if that is not allowed: it needs root.
    static QString leaveTheOthers();

    /// Mounts it over the folder, mode 0700; it goes with this object. inodes counts files and folders, its own root
    /// too.
    SmallDisk(const QString &folder, qint64 bytes, qint64 inodes);
    ~SmallDisk();
    Q_DISABLE_COPY(SmallDisk)

    /// Writes a file until there is not a byte left, but for these.
    void fillBytes(qint64 except = 0);
    /// Makes files until there can be no more.
    void fillInodes();
    /// Takes away again what filled it.
    void makeRoom();

private:
    QString m_folder;
    QStringList m_ballast;
};

} // namespace quoin::test
