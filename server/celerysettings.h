// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/celeryqueue.h"
#include "queue/celery/relay.h"
#include "settings/settings.h"

namespace quoin::server {

/// What this process is called by Celery's tools: queue.node with %h (host name), %d (its domain), %n (the name without
/// it) and %% replaced, as Celery's worker does. Processes of one fleet but the first have their number behind the
/// name: quoin2@host.
QString nodeName(const Settings &settings, bool serves, int index);

/// From settings in which queue.url is set. An Error names the setting.
Result<celery::CeleryOptions> celeryOptions(const Settings &settings, const QString &node);
/// What the relay in the same process must know. names: of the tasks that may be handed on.
celery::RelayOptions relayOptions(const Settings &settings, const celery::CeleryOptions &celery,
                                  const QStringList &names);

} // namespace quoin::server
