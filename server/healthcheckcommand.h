// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/settings.h"

class QTextStream;

namespace quoin::server {

struct ListenAddress;

/// What "quoin healthcheck" is told. A value.
struct HealthQuestion
{
    bool isAboutLife = false;   ///< Ask /healthz, whether the process answers at all, instead of /readyz.
    bool isAboutWorker = false; ///< Ask `quoin worker`, at worker.listen, instead of `quoin serve` at http.listen.
    QString timeout;            ///< For all of it, as written: "2s".
};

/// Where a program of this host reaches a server that listens there: on loopback if it listens everywhere.
ListenAddress nearestAddress(const ListenAddress &address);

/// Asks the server of this host, at the first address it listens at, and says in one line how it is. Where the server
/// takes this host for a proxy (http.proxies), a PROXY protocol header comes first. For a container runtime or a
/// script: no plugin's file is looked at, nothing is opened. The exit code: 0 well, 1 not, 2 if the question is wrong.
int checkHealth(const SettingSources &sources, const HealthQuestion &question, QTextStream &out, QTextStream &err);

} // namespace quoin::server
