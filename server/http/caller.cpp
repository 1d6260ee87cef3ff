// SPDX-License-Identifier: GPL-3.0-only
#include "http/caller.h"

#include "http/incomingrequest.h"

namespace quoin::http {

const Caller *callerOf(const Request &request)
{
    const auto *incoming = dynamic_cast<const IncomingRequest *>(request.raw()); // a test may bring its own kind
    const Admission *admission = incoming ? incoming->admission() : nullptr;
    return admission ? admission->caller.get() : nullptr;
}

} // namespace quoin::http
