// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/workerslot.h"

namespace quoin::supervisor {

/// From now on a SIGSEGV, SIGBUS, SIGABRT, SIGILL or SIGFPE of this process is first written down in the slot (what,
/// where, the stack), and then ends the process as it would have: exit status and core dump are those of the signal.
/// The calling thread and each thread that lays a Crumb can report a stack overflow too. Once, before threads start;
/// the slot is that of the process' WorkerMemory, with whose end reports end too. A child that was forked off and has
/// not called exec() reports nothing.
void installCrashHandler(WorkerSlot &slot);

} // namespace quoin::supervisor
