// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/filetree.h"

#include <QString>

namespace quoin::bagit {

/// A folder of the file system. Links are shown as links, never followed.
class DirectoryTree final : public FileTree
{
public:
    explicit DirectoryTree(const QString &path);

    Result<QList<Entry>> entries(qint64 limit) override;
    Result<std::unique_ptr<Content>> open(qsizetype index) override;

private:
    QByteArray m_root;
    QList<Entry> m_entries;
};

} // namespace quoin::bagit
