// SPDX-License-Identifier: GPL-3.0-only
#pragma once

namespace quoin::redis {

/// Whether this build can speak TLS to Redis (rediss://): hiredis can since 1.0. Debian 12 has 0.14.
bool canTls();

} // namespace quoin::redis
