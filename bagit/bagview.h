// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/bag.h"
#include "bagit/filetree.h"

#include <QString>

namespace quoin::bagit {

/// A file of a packed bag, as somebody reads it who looks inside.
struct ViewedFile
{
    QByteArray path; ///< As in the zip: judged by nobody, see shown().
    qint64 size = 0; ///< In bytes, unpacked, as the zip says.
};

/// What is in a packed bag, without unpacking it: for looking, not for checking (see verify()).
struct BagView
{
    QList<ViewedFile> files; ///< In the order of the zip.
    QList<Label> info;       ///< Of bag-info.txt, in its order; empty if it has none or it cannot be read.
};

/// Invalid, with the reason, for what is no zip, is damaged, or has more than 100 000 entries. Any thread; blocks.
Result<BagView> viewBag(const QString &zipPath);

/// The bytes of the file at that place of BagView::files. Invalid if they are damaged or more than limit; NotFound if
/// there is no such file.
Result<QByteArray> readFile(const QString &zipPath, qsizetype place, qint64 limit);

/// The lines of a bag-info.txt (RFC 8493 §2.2.2): what begins with a space or a tab goes on with the value before.
QList<Label> parseInfo(const QByteArray &bagInfoUtf8);

} // namespace quoin::bagit
