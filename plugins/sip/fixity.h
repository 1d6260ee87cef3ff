// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "packagetable.h"

#include <QLoggingCategory>

#include <functional>
#include <optional>

namespace sip {

/// What is wrong with the file of a package: it is away, has another size or another digest than was recorded. Empty if
/// nothing is; nothing at all if it was stopped before it knew. Reads the whole file; blocks.
std::optional<QString> checkPackage(const QString &directory, const StoredPackage &package,
                                    const std::function<bool()> &isStopped);

/// An operator must know that a package is not what it was.
void tellLoss(const QLoggingCategory &log, const StoredPackage &package, const QString &fault);

/// The next of the moments at which fixity is checked: every hour on the hour, so that all processes mean the same one.
Time nextCheck(Time now);

/// A key for that moment: pushing its task a second time adds nothing.
QString checkKey(Time at);

} // namespace sip
