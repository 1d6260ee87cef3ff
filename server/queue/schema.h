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
///   running    claimed under a lease: lease_owner may work on it until lease_until, others take it over after that
///   done, cancelled   finished; pruned by age and count
///   dead       failed for good, or out of attempts; kept until a person retries or cancels it
QList<Migration> migrations();

} // namespace quoin::queue
