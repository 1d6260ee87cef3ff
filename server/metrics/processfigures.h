// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

#include <optional>

namespace quoin::server {

// Of a process of ours, proc(5). Nothing where the system does not say. Any thread; a few microseconds.

std::optional<quint64> residentBytes(qint64 pid);
/// Linux 6.2 and later; counting them otherwise would take longer the more there are.
std::optional<quint64> openDescriptors(qint64 pid);

} // namespace quoin::server
