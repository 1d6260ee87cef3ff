// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/description.h"

#include <quoin/result.h>

#include <QString>
#include <QStringList>

namespace quoin {
class Plugin;
}

namespace quoin::plugins {

/// Lets a plugin describe itself and checks what it says: patterns, captures, names and their prefixes, limits. Invalid
/// with all that is wrong, so that an author mends it in one go; a describe() that throws is such a fault. The thread
/// that calls.
Result<Description> describe(Plugin &plugin, const QString &id);

} // namespace quoin::plugins
