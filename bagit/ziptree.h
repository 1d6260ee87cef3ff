// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/filetree.h"

#include <QString>

struct zip;

namespace quoin::bagit {

/// The entries of a zip file, judged by nobody yet: also links, doubles and paths that lead out of it.
class ZipTree final : public FileTree
{
public:
    /// Invalid, with the reason, for what cannot be opened, is not a zip, is cut off or contradicts itself (its two
    /// lists of entries must agree).
    static Result<std::unique_ptr<ZipTree>> open(const QString &path);
    /// The same for a zip in memory; path is for the reasons.
    static Result<std::unique_ptr<ZipTree>> openBytes(const QByteArray &bytes, const QString &path);

    Result<QList<Entry>> entries(qint64 limit) override;
    Result<std::unique_ptr<Content>> open(qsizetype index) override;
    qint64 packedSize() const override { return m_packedSize; }
    /// How many bytes a file has, as the zip says; Invalid if it does not say so.
    Result<qint64> unpackedSize(qsizetype index) const;

private:
    struct Discard
    {
        void operator()(zip *archive) const noexcept;
    };
    ZipTree(zip *archive, qint64 packedSize, const QByteArray &bytes = {});

    QByteArray m_bytes; ///< What the archive reads, if that is in memory.
    std::unique_ptr<zip, Discard> m_archive;
    qint64 m_packedSize;
};

} // namespace quoin::bagit
