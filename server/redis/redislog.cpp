// SPDX-License-Identifier: GPL-3.0-only
#include "redis/redislog.h"

Q_LOGGING_CATEGORY(quoinRedis, "quoin.redis", QtInfoMsg)
