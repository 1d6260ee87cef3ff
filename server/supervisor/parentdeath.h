// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <chrono>

namespace quoin::supervisor {

/// For a worker process, from its main thread before it starts others: makes the three inherited descriptors
/// close-on-exec, and has the kernel kill this process `grace` after its supervisor died, even if all its threads are
/// stuck. The end of the channel tells it to drain and leave by itself until then.
/// The kernel means the thread that started the worker: it must live as long as the supervisor.
/// Takes the signal SIGRTMAX - 3 (prctl(2), PR_SET_PDEATHSIG). Unavailable if the system refuses.
Result<> leaveWithParent(std::chrono::milliseconds grace);

} // namespace quoin::supervisor
