// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/log.h"

namespace quoin::supervisor {

Q_LOGGING_CATEGORY(log, "quoin.supervisor")

} // namespace quoin::supervisor
