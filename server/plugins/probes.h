// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/descriptionfacts.h"
#include "plugins/refusal.h"

#include <functional>
#include <optional>

namespace quoin::plugins {

struct AdmittedFile;

/// What came of trying a plugin: what it describes, or why it is refused.
struct ProbeResult
{
    std::optional<DescriptionFacts> facts;
    Refusal refusal;       ///< Complete if there are no facts. Its phase: Probe (crash, hang), Load or Describe.
    bool tryAgain = false; ///< The host could not try it (no memory, no process): it says nothing of the plugin.

    explicit operator bool() const { return facts.has_value(); }
};

/// Tries plugins somewhere they can do no harm. An interface, so that what decides on plugins can be tested without
/// processes.
class Probes
{
public:
    using Done = std::function<void(const ProbeResult &)>;

    virtual ~Probes() = default;

    /// Calls done once, later, on the thread that called; never from within this call. Not called any more after this
    /// object has gone.
    virtual void probe(const AdmittedFile &file, Done done) = 0;
};

} // namespace quoin::plugins
