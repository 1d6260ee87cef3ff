// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/bag.h"
#include "bagit/storefile.h"
#include "bagit/time.h"

#include <quoin/result.h>

#include <QList>

namespace quoin::bagit {

/// What goes into a package.
struct Package
{
    QByteArray name;        ///< Of the top folder and, with ".zip", of the file.
    QList<BagFile> payload; ///< Paths begin with "data/".
    QList<Label> info;
    Time time; ///< Of all files in the zip.
};

/// Makes the zips of the bags of the packages and stores them in the folder as storeFiles() does; each is
/// verified as a bag in full, and read back from the disk, before it gets its name. Each has its own outcome, at its
/// place; large ones are stored in several rounds, so that memory stays bounded. The name and the bytes depend on the
/// package alone, so that storing it again is harmless.
QList<Result<StoredFile>> storePackages(const QString &folder, const QList<Package> &packages);

/// The same for one.
Result<StoredFile> storePackage(const QString &folder, const Package &package);

} // namespace quoin::bagit
