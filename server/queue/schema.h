// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/registry.h>

#include <QList>

namespace quoin::queue {

/// The migrations of the table `task`, in order, for the host to run before anything else of this folder is used.
///
/// One row is one task, from its push until it is pruned: it is the outbox, the queue and the history in one, so that a
/// push is one INSERT and nothing has to be copied. Times are microseconds since 1970 UTC. States:
///   scheduled  waits for not_before (an eta, or the pause before a retry)
///   ready      may be claimed
///   sent       handed to Celery's broker as the message `message`, at the time `sent`; no process claims it from here
///   running    claimed under a lease: lease_owner may work on it until lease_until, others take it over after that. Of
///   a
///              task claimed from the broker, which has the lease then, lease_until is null
///   done, cancelled   finished; pruned by age and count
///   dead       failed for good, or out of attempts; kept until a person retries or cancels it
///
/// The table `lease` names the one process that has a duty for all that share the database, and until when; `note` is
/// what it tells its successor. `task_attempt` has the attempts that did not end well, of tasks that are there;
/// `queue_pause` the names of the tasks that nobody may claim.
QList<Migration> migrations();

} // namespace quoin::queue
