// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/safefolder.h"

#include <quoin/result.h>

#include <QString>

namespace quoin::plugins {

struct PluginFile;

/// The service's own copies of plugin files, <folder>/<sha256>/<id>.so, which are what is loaded. A copy never changes,
/// so that overwriting or truncating a file in the drop folder cannot reach code that is running.
class PluginStore
{
public:
    /// Made if missing; mode 0700. An Error names what is wrong with it.
    static Result<PluginStore> open(const QString &folder);

    /// The absolute path of the copy of these bytes, made unless a copy with this content is already there.
    Result<QString> keep(const PluginFile &file) const;

    QString path() const { return m_folder.path(); }

private:
    explicit PluginStore(SafeFolder folder)
        : m_folder(std::move(folder))
    {
    }

    SafeFolder m_folder;
};

} // namespace quoin::plugins
