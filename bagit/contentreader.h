// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/filetree.h"
#include "bagit/report.h"

#include <functional>
#include <optional>

namespace quoin::bagit {

/// Where a verification stops, so that a hostile package costs time in proportion to its size and next to no memory.
struct Limits
{
    qint64 entries = 1'000'000;
    qint64 tagFileBytes = 16LL * 1024
        * 1024;                         ///< A manifest, bag-info.txt or fetch.txt, which are read into memory, may have
    qint64 tagFileBytesPerEntry = 4096; ///< this much, and so much more for each entry: a line for every file.
    qint64 freeBytes = 1024LL * 1024 * 1024; ///< A package may unpack to this much whatever its own size,
    qint64 ratio = 250; ///< and beyond that to this many times its own size. (Deflate reaches 1032.)
};

/// Reads the files of a tree within the limits; what cannot be read becomes a fault of the report.
class ContentReader
{
public:
    /// All must outlive the reader.
    ContentReader(FileTree &tree, const Limits &limits, Report &report);

    /// How many entries the tree has, on which the limit of tag files depends.
    void setEntryCount(qint64 count);

    /// Hands the bytes of a file to take() until it returns false; their number, or nothing and a fault if they cannot
    /// all be read.
    std::optional<qint64> read(const QByteArray &path, qsizetype index,
                               const std::function<bool(QByteArrayView)> &take);

    /// All bytes of a tag file; nothing and a fault if it cannot be read or is too long.
    std::optional<QByteArray> readTagFile(const QByteArray &name, qsizetype index);

    /// The package has unpacked to all it may: nothing more is read.
    bool isExhausted() const { return m_bytesLeft == 0; }

private:
    FileTree &m_tree;
    const Limits &m_limits;
    Report &m_report;
    qint64 m_bytesLeft; // negative: no limit
    qint64 m_tagFileLimit = 0;
};

} // namespace quoin::bagit
