// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/workerslot.h"

namespace quoin::supervisor {

/// Where the threads of this process lay their crumbs; null: nowhere. Crumbs that are there already stay valid.
void setCrumbSlot(WorkerSlot *slot);

/// The calling thread's own crumb, taken at first use and given back when the thread ends; null if there is no slot,
/// none is free, or the thread is past its end.
ThreadCrumb *crumbOfThisThread();

} // namespace quoin::supervisor
