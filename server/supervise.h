// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervision.h"

namespace quoin::server {

class Log;
class Signals;

/// `quoin serve` and `quoin worker`: until a signal asks to stop. The exit code: 0 after a clean stop, 1 if nothing
/// could be served.
int supervise(const Settings &settings, const SettingSources &sources, Supervision::Role role, Log &log,
              Signals &signalSource);

} // namespace quoin::server
