// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/descriptionfacts.h"
#include "plugins/fault.h"

#include <optional>

namespace quoin::plugins {

/// The first migration statement that would take something away from code that still runs: during a change of plugins
/// the previous version serves on the same database. That is DROP, TRUNCATE, RENAME, another type, SET NOT NULL, a new
/// column that needs a value and has no default, DELETE without WHERE. Comments and quoted text are skipped; so are the
/// bodies of triggers and functions, which run later. Nothing if all of them only add, or drop an index of the plugin's
/// own that is not unique. It looks at words, not at grammar: enough for accidents.
/// Asked of upgrades only: where no version was live before, nobody is there to take from (docs/decisions/0089).
std::optional<Fault> expandingFault(const DescriptionFacts &facts);

} // namespace quoin::plugins
