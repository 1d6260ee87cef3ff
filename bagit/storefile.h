// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>
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

/// Looks at a written file before it gets its name, reading it anew.
using FileCheck = std::function<Result<>(const QString &path)>;

/// Puts bytes into a file so that under this name there is nothing or all of it, whatever happens in between: written
/// to a temporary file of the same folder, synced, dropped from the cache as far as the system allows, read back,
/// compared, checked, renamed, folder synced. A file of this name that has these bytes already is checked and left
/// alone; any other is replaced. Any number of threads and processes may store the same file at once. Unavailable with
/// the reason if the folder is away, the disk is full or access is denied; the check's own error otherwise. Blocks.
/// name: without a slash.
Result<StoredFile> storeFile(const QString &folder, const QString &name, const QByteArray &bytes,
                             const FileCheck &check);

/// Makes a folder (0750) with its parents if need be, and makes sure that files can be made in it.
Result<> prepareFolder(const QString &folder);

/// Removes temporary files that killed processes left in the folder and that are older than the age, which keeps the
/// files of living ones safe. How many they were.
int removeLeftovers(const QString &folder, std::chrono::seconds age = std::chrono::hours(1));

} // namespace quoin::bagit
