// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/situation.h"

#include <optional>

namespace quoin::plugins {

/// What speaks against a version by itself, if anything does.
struct Objection
{
    std::optional<VersionKey> needed; ///< This must be probed before it can be said.
    Phase phase = Phase::Resolve;
    std::optional<Fault> fault;
};

/// Settings, downgrades, and migrations that take away. The version must have been admitted and probed.
Objection objectionTo(const VersionKey &key, const Situation &situation);

/// If it requires something that a person has disabled.
std::optional<Fault> disabledRequirement(const Metadata &metadata, const Situation &situation);

} // namespace quoin::plugins
