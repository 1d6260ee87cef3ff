// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/situation.h"

namespace quoin::plugins {

/// The versions of an id that is offered, the one to be wanted most first.
QList<VersionKey> candidatesFor(const QString &id, const Situation &situation);

/// Why the file in the folder is set back behind earlier versions, by a person or because it crashed; empty if not.
QString whySetBack(const VersionKey &offered, const Situation &situation);

/// Null if there is none, or a person has enabled the plugin since.
const Quarantine *quarantineOf(const VersionKey &key, const Situation &situation);

} // namespace quoin::plugins
