// SPDX-License-Identifier: GPL-3.0-only
#include "auth/authlog.h"

namespace quoin::auth {

Q_LOGGING_CATEGORY(lcAuth, "quoin.auth")

} // namespace quoin::auth
