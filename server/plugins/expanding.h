// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/descriptionfacts.h"
#include "plugins/fault.h"

#include <optional>

namespace quoin::plugins {

/// The first migration statement that would take something away from code that still runs: during a change of plugins
/// the previous version serves on the same database. DROP, RENAME, TRUNCATE, ALTER ... TYPE, SET NOT NULL and the like,
/// and DELETE or UPDATE of a whole table. Comments and quoted text are skipped. Nothing if all of them only add.
std::optional<Fault> expandingFault(const DescriptionFacts &facts);

} // namespace quoin::plugins
