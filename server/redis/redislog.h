// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QLoggingCategory>

Q_DECLARE_LOGGING_CATEGORY(quoinRedis) // "quoin.redis"
