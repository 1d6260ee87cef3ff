// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QString>

namespace quoin::server {

struct CheckedPlugin;

/// Puts a file that was found good into the plugin folder under the name that it must have there, each at one stroke:
/// the file, and the signature that lies beside it as `<file>.sig`. Without one, that of the version before goes. An
/// Error if the file is another one by now, or the folder cannot be written. Blocks for as long as disks take.
Result<> putPlugin(const QString &folder, const CheckedPlugin &plugin);

} // namespace quoin::server
