// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>

namespace quoin::plugins {

/// Why a plugin is refused and what its author or operator can do about it: a sentence each, for a log line.
struct Fault
{
    QString reason;
    QString remedy;
};

} // namespace quoin::plugins
