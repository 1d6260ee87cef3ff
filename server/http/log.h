// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QLoggingCategory>

namespace quoin::http {

/// "quoin.http"
Q_DECLARE_LOGGING_CATEGORY(log)

} // namespace quoin::http
