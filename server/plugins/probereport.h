// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/gate.h"
#include "plugins/probes.h"

#include <QByteArray>

#include <chrono>
#include <optional>

namespace quoin::plugins {

/// How a probe process ended, as its parent saw it.
struct ProbeEnd
{
    QByteArray output;                                 ///< Of standard output: the steps and the report.
    QByteArray lastWords;                              ///< The end of standard error.
    std::optional<int> signal;                         ///< What killed it, if something did.
    int exitCode = 0;                                  ///< Else this.
    std::optional<std::chrono::milliseconds> timedOut; ///< The limit after which it was killed.
    bool isTooMuch = false;                            ///< It was killed for writing without end.
    std::optional<QString> notStarted;                 ///< Why there was no process at all.
};

/// What the end of a probe says of the plugin. Pure.
ProbeResult judge(const AdmittedFile &file, const ProbeEnd &end);

} // namespace quoin::plugins
