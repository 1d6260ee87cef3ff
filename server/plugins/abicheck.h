// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/fault.h"

#include <QByteArray>

#include <optional>

namespace quoin::plugins {

/// The ABI text of this host, in the form of sdk detail/abinote.h.
QByteArray hostAbi();

/// Whether a plugin of this ABI text runs in a host of that one; else what differs. Compilers and their versions may
/// differ: gcc and clang share one C++ ABI. The SDK's minor and Qt's may be older than the host's, not newer.
std::optional<Fault> abiMismatch(const QByteArray &plugin, const QByteArray &host);

} // namespace quoin::plugins
