// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/outcome.h"
#include "plugins/situation.h"

namespace quoin::plugins {

struct Decision
{
    Plan plan;
    QMap<QString, Outcome> outcomes; ///< By id: of all that are offered.
    QList<VersionKey> needed; ///< Not admitted from the store yet, or not probed: unless it is empty, the plan is not
                              ///< to be used.

    bool isFinal() const { return needed.isEmpty(); }
};

/// What is to be served. Pure: the same situation gives the same decision. For each id that is offered, the first of
/// these that nothing speaks against: what a person has pinned, the file in the folder, what was live before, the
/// latest first. One that is quarantined ends the search: its routes answer 503. Against a version speak its gates, its
/// settings, migrations that take away, requirements that are not there, and conflicts, in which who was live before
/// wins.
Decision decide(const Situation &situation);

} // namespace quoin::plugins
