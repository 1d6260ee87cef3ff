// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/filestamp.h"
#include "plugins/gate.h"
#include "plugins/lint.h"
#include "plugins/pluginstore.h"
#include "plugins/refusal.h"

#include <quoin/result.h>

#include <QMap>
#include <QString>

#include <memory>
#include <optional>

namespace quoin::plugins {

class Trust;

/// A file of the drop folder and what the gates said of it, those at which no code of it runs.
struct ScannedFile
{
    FileStamp stamp;
    FileStamp signature; ///< Of the file that signs it.
    std::optional<AdmittedFile> admitted;
    Refusal refusal; ///< If it is not admitted.
};

/// By the name in the folder.
using FolderContent = QMap<QString, ScannedFile>;

/// What a scan works with; what is lent outlives it.
struct ScanGround
{
    QString folder;
    const PluginStore *store = nullptr;
    const LintOptions *lint = nullptr;
    std::shared_ptr<const Trust> trust; ///< Null: everybody is trusted.
};

/// Takes every plugin file of the folder through the gates; those that have not changed since before are taken over
/// from there. An Error if the folder cannot be trusted or listed: then nothing is known of the files. Reads and hashes
/// whole files: for a thread that may block.
Result<FolderContent> scanFolder(const ScanGround &ground, const FolderContent &before);

/// A version that is in the store only, as if it came from the folder. Nothing and *refusal if its copy is missing or
/// not what it was.
std::optional<AdmittedFile> admitFromStore(const ScanGround &ground, const QString &id, const QByteArray &sha256,
                                           Refusal *refusal);

} // namespace quoin::plugins
