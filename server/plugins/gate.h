// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/lint.h"
#include "plugins/metadata.h"
#include "plugins/refusal.h"

#include <optional>

namespace quoin::plugins {

class PluginStore;
class SafeFolder;
class Trust;

/// A file that has passed the gates at which no code of it runs.
struct AdmittedFile
{
    QString path;      ///< In the drop folder.
    QString copy;      ///< In the store: what is loaded.
    QByteArray sha256; ///< In lower-case hexadecimal.
    Metadata metadata;
    QString untrusted; ///< Why nobody vouches for it, if that is only warned of; else empty.
};

/// Take, lint, trust, copy, metadata, in this order. Nothing and *refusal if one of them turns the file away. Without
/// trust everybody is trusted; with it the signature is read from "<name>.sig" beside the file.
std::optional<AdmittedFile> admit(const SafeFolder &folder, const QString &name, const PluginStore &store,
                                  const LintOptions &options, Refusal *refusal, const Trust *trust = nullptr);

/// What to do if the store could not be written.
QString remedyOfStore(const PluginStore &store);

} // namespace quoin::plugins
