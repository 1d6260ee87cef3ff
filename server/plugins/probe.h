// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>

namespace quoin::plugins {

/// The inside of `quoin plugin-probe COPY`: confines this process, loads the plugin, lets it describe itself and writes
/// one JSON object to standard output: the DescriptionFacts, or {"phase", "reason", "remedy"}. Before each step it
/// writes one line with the step's name, so that the other side knows where a plugin crashed. What the plugin itself
/// prints goes to standard error. Ends the process with exit code 0; does not return.
[[noreturn]] void probeMain(const QString &copy);

} // namespace quoin::plugins
