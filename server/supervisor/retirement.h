// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/hostmemory.h"

#include <memory>

namespace quoin::supervisor {

// What all workers of a host have counted, those that are gone included. A slot is cleared when its worker is gone; so
// that no sum ever falls, what it has counted is moved to the board in one step, as others see it: a number on the
// board is the same before and after, or they look again.

// The supervisor's side; one thread.

/// A worker starts in this slot, which is zero.
void enlist(HostMemory &memory, int slot);
/// The worker in this slot is gone: what it counted is kept, and its slot may be cleared.
void retire(HostMemory &memory, int slot);

/// Everybody's side: the counters of all workers there have been, and of those that are there also what is of this
/// moment.
std::unique_ptr<meters::Meters> totals(const HostMemory &memory);

} // namespace quoin::supervisor
