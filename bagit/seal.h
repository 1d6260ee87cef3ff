// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/report.h"

namespace quoin::bagit {

/// A zip with a digest of itself as its comment ("Quoin sha256 <digest of all bytes before the comment>"), which every
/// zip reader knows to pass over. The manifests of a bag vouch for its files; a seal also for the zip's own bookkeeping
/// (dates, attributes, flags), so that a package with one flipped byte is noticed wherever that byte is.
QByteArray sealed(const QByteArray &zip);

/// Adds a fault if the file has a seal that does not fit. A zip without a seal is not one of ours, and is no worse for
/// it.
void checkSeal(const QString &path, Report &report);

/// The same for a zip in memory.
void checkSealOf(QByteArrayView zip, Report &report);

} // namespace quoin::bagit
