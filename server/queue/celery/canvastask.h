// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/embed.h"
#include "queue/celery/signature.h"

namespace quoin::celery {

/// The message of a plain task's signature, as Celery's send_task() makes it of the options; without id, queue, chain
/// and relatives, which depend on the call. Invalid for an option of the wrong kind and for a named exchange.
Result<Outgoing> outgoing(const Signature &signature, const CanvasGround &ground);

} // namespace quoin::celery
