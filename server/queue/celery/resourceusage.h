// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>

namespace quoin::celery {

/// What this process has used, as `celery inspect stats` shows it under "rusage": a JSON object of getrusage(2)'s
/// numbers. Any thread.
QByteArray resourceUsage();

} // namespace quoin::celery
