// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QLoggingCategory>

namespace quoin::auth {

/// "quoin.auth"
Q_DECLARE_LOGGING_CATEGORY(lcAuth)

} // namespace quoin::auth
