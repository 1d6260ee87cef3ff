// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/bag.h"
#include "bagit/storefile.h"
#include "bagit/time.h"

#include <quoin/result.h>

namespace quoin::bagit {

/// What goes into a package.
struct Package
{
    QByteArray name;        ///< Of the top folder and, with ".zip", of the file.
    QList<BagFile> payload; ///< Paths begin with "data/".
    QList<Label> info;
    Time time; ///< Of all files in the zip.
};

/// Makes the zip of the bag of the package and stores it in the folder as storeFile() does; what is read back from the
/// disk is verified as a bag in full before it gets its name. The name and the bytes depend on the package alone, so
/// that storing it again is harmless.
Result<StoredFile> storePackage(const QString &folder, const Package &package);

} // namespace quoin::bagit
