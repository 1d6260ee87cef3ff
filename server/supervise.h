// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervision.h"

namespace quoin::server {

class Signals;

/// `quoin serve` and `quoin worker`: until a signal asks to stop. The exit code: 0 after a clean stop, 1 if nothing
/// could be served.
int supervise(const Configuration &configuration, const Supervision::Ground &ground, Signals &signalSource);

} // namespace quoin::server
