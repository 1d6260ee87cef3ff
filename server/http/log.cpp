// SPDX-License-Identifier: GPL-3.0-only
#include "http/log.h"

namespace quoin::http {

Q_LOGGING_CATEGORY(log, "quoin.http")

} // namespace quoin::http
