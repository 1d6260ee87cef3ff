// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

#include <memory>

namespace quoin::bagit {

enum class EntryKind : int { File, Directory, Link, Other };

/// One thing in a tree.
struct Entry
{
    QByteArray path; ///< With '/', as bytes, without one at the end; not judged yet.
    EntryKind kind = EntryKind::File;
};

/// The bytes of one file, in pieces, so that a file of any size needs constant memory.
class Content
{
public:
    virtual ~Content() = default;

    /// The next bytes, at most 64 KiB, valid until the next call; empty at the end. Invalid if they are damaged.
    virtual Result<QByteArrayView> next() = 0;
};

/// Files and folders under one root, wherever they are: in a directory, in a zip, in a test. One thread at a time.
class FileTree
{
public:
    virtual ~FileTree() = default;

    /// All entries but the root; Invalid as soon as there are more than the limit.
    virtual Result<QList<Entry>> entries(qint64 limit) = 0;

    /// The bytes of a file among the entries. The content must not outlive the tree.
    virtual Result<std::unique_ptr<Content>> open(qsizetype index) = 0;

    /// The size of the file that holds the tree packed, in bytes; -1 if it is not packed.
    virtual qint64 packedSize() const { return -1; }
};

} // namespace quoin::bagit
