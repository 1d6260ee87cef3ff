// SPDX-License-Identifier: GPL-3.0-only
#pragma once

namespace quoin::server {

class Log;
class Settings;
class Signals;

/// `quoin serve`: serves until a signal asks to stop. The exit code: 0 after a clean stop, 1 if it could not start.
int serve(const Settings &settings, Log &log, Signals &signalSource);

} // namespace quoin::server
