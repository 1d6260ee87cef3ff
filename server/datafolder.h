// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QString>

namespace quoin::server {

/// Makes data.dir where it is missing. The Error says why it cannot be used.
Result<> prepareDataFolder(const QString &folder);

/// Where a server with this data.dir keeps its copies of plugins and what it knows of them.
QString pluginStore(const QString &dataFolder);

/// An Error if less than 16 MiB are free there: below that a commit may fail at any moment.
Result<> checkStorage(const QString &folder);

} // namespace quoin::server
