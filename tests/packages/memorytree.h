// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/bag.h"
#include "bagit/filetree.h"

#include <algorithm>

namespace quoin::bagit {

/// A tree in memory that a test can spoil.
class MemoryTree final : public FileTree
{
public:
    struct Node
    {
        QByteArray path;
        QByteArray bytes;
        EntryKind kind = EntryKind::File;
    };

    MemoryTree(std::initializer_list<BagFile> files)
        : MemoryTree(QList<BagFile>(files))
    {
    }
    explicit MemoryTree(const QList<BagFile> &files)
    {
        for (const BagFile &file : files)
            nodes.append({file.path, file.bytes});
    }

    QByteArray &operator[](const QByteArray &path)
    {
        const auto found = std::find_if(nodes.begin(), nodes.end(),
                                        [&](const Node &node) { return node.path == path; });
        if (found != nodes.end())
            return found->bytes;
        nodes.append({path, {}});
        return nodes.last().bytes;
    }
    void remove(const QByteArray &path)
    {
        nodes.removeIf([&](const Node &node) { return node.path == path; });
    }
    void rename(const QByteArray &from, const QByteArray &to)
    {
        for (Node &node : nodes) {
            if (node.path == from)
                node.path = to;
        }
    }

    Result<QList<Entry>> entries(qint64 limit) override
    {
        if (nodes.size() > limit)
            return Error::invalid(QStringLiteral("too many"));
        QList<Entry> entries;
        for (const Node &node : nodes)
            entries.append({node.path, node.kind});
        return entries;
    }
    Result<std::unique_ptr<Content>> open(qsizetype index) override
    {
        return std::unique_ptr<Content>(std::make_unique<Bytes>(nodes[index].bytes));
    }
    qint64 packedSize() const override { return packed; }

    QList<Node> nodes;
    qint64 packed = -1;

private:
    class Bytes final : public Content
    {
    public:
        explicit Bytes(QByteArray bytes)
            : m_bytes(std::move(bytes))
        {
        }
        // Small pieces, so that whoever assumes one piece is found out.
        Result<QByteArrayView> next() override
        {
            const qsizetype from = m_at;
            m_at = std::min(m_bytes.size(), m_at + 7);
            return QByteArrayView(m_bytes).sliced(from, m_at - from);
        }

    private:
        QByteArray m_bytes;
        qsizetype m_at = 0;
    };
};

} // namespace quoin::bagit
