// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QLoggingCategory>

namespace quoin::supervisor {

/// "quoin.supervisor"
Q_DECLARE_LOGGING_CATEGORY(log)

} // namespace quoin::supervisor
