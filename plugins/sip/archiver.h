// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/storefile.h"
#include "bagit/time.h"

#include <quoin/json.h>
#include <quoin/result.h>

#include <QList>

namespace sip {

/// What a package looks like on the disk.
enum class Format { Bag, Zlib };

/// A record that is to be archived.
struct Submission
{
    qint64 record = 0;
    quoin::JsonText data;
    quoin::bagit::Time created; ///< Of the task: the same in every attempt, so that file name and bytes are, too.
};

/// Writes the packages of records into the folder: on the disk and verified when it returns (see bagit::storeFiles).
/// Each has its own outcome, at its place.
/// Bag: `<record>_<time>.zip`, one folder of that name with a BagIt 1.0 bag, the JSON text as data/record.json, byte
/// for byte. Zlib: `<record>_<time>.zlib`, the bare zlib stream (RFC 1950) of the JSON text, as Python's
/// zlib.compress() makes it.
QList<quoin::Result<quoin::bagit::StoredFile>> archive(const QString &folder, Format format,
                                                       const QList<Submission> &submissions);

/// "application/zip" or "application/zlib", by the file's name.
QByteArray mediaType(const QString &file);

} // namespace sip
