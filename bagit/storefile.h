// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QList>
#include <QString>

#include <chrono>
#include <functional>

namespace quoin::bagit {

/// A file that is on the disk.
struct StoredFile
{
    QString path;
    qint64 size = 0;
    QByteArray sha256; ///< In lower-case hexadecimal.
};

/// Looks at what a file holds, before it gets its name; what is read back from the disk is the same, byte for byte, or
/// it gets none. path is for the error.
using FileCheck = std::function<Result<>(const QByteArray &bytes, const QString &path)>;

/// A file that is to be stored.
struct NewFile
{
    QString name; ///< Without a slash.
    QByteArray bytes;
    FileCheck check;
};

/// Puts bytes into files so that under each name there is nothing or all of it, whatever happens in between: written
/// to temporary files of the same folder, checked while they are synced, dropped from the cache as far as the system
/// allows, read back and compared, renamed, folder synced. All that are given together share the syncs, so that many
/// cost hardly more than one (docs/decisions/0130); each has its own outcome, at its place. A file of this name that
/// has these bytes already is checked and left alone; any other is replaced. Any number of threads and processes may
/// store the same file at once. Unavailable with the reason if the folder is away, the disk is full or access is
/// denied; the check's own error otherwise. Blocks. Holds a file descriptor for each file.
QList<Result<StoredFile>> storeFiles(const QString &folder, const QList<NewFile> &files);

/// The same for one.
Result<StoredFile> storeFile(const QString &folder, const NewFile &file);

/// Makes a folder (0750) with its parents if need be, and makes sure that files can be made in it.
Result<> prepareFolder(const QString &folder);

/// Removes temporary files that killed processes left in the folder and that are older than the age, which keeps the
/// files of living ones safe. How many they were.
int removeLeftovers(const QString &folder, std::chrono::seconds age = std::chrono::hours(1));

} // namespace quoin::bagit
