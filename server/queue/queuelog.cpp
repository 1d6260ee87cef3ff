// SPDX-License-Identifier: GPL-3.0-only
#include "queue/queuelog.h"

Q_LOGGING_CATEGORY(quoinQueue, "quoin.queue", QtInfoMsg)
