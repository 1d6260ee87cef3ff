// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/workerslot.h"

namespace quoin::supervisor {

/// Where the threads of this process lay their crumbs; null, as at first: nowhere. Must not be called while a Crumb
/// lives.
void setCrumbSlot(WorkerSlot *slot);
/// Async-signal-safe.
WorkerSlot *crumbSlot();

/// The calling thread's own crumb, taken at first use and given back when the thread ends; null if there is no slot,
/// none is free, or the thread is past its end.
ThreadCrumb *crumbOfThisThread();

} // namespace quoin::supervisor
