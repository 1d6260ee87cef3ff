// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "passedsockets.h"
#include "settings/reload.h"

namespace quoin::server {

class Log;
class ServiceManager;
class Signals;

/// `quoin serve --single`: serves until a signal asks to stop, on these sockets if there are any. The exit code: 0
/// after a clean stop, 1 if it could not start.
int serve(const Configuration &configuration, const QList<PassedSocket> &sockets, Log &log, ServiceManager &manager,
          Signals &signalSource);

} // namespace quoin::server
