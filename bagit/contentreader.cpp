// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/contentreader.h"

#include <algorithm>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

ContentReader::ContentReader(FileTree &tree, const Limits &limits, Report &report)
    : m_tree(tree)
    , m_limits(limits)
    , m_report(report)
{
    const qint64 packed = tree.packedSize();
    m_bytesLeft = packed < 0 ? -1 : std::max(limits.freeBytes, packed * limits.ratio);
    setEntryCount(0);
}

void ContentReader::setEntryCount(qint64 count)
{
    m_tagFileLimit = m_limits.tagFileBytes + count * m_limits.tagFileBytesPerEntry;
}

std::optional<qint64> ContentReader::read(const QByteArray &path, qsizetype index,
                                          const std::function<bool(QByteArrayView)> &take)
{
    auto content = m_tree.open(index);
    if (!content) {
        m_report.add(FaultKind::Unreadable, path,
                     u"\"%1\" cannot be read: %2"_s.arg(shown(path), content.error().message()));
        return std::nullopt;
    }
    for (qint64 total = 0;;) {
        const auto bytes = (*content)->next();
        if (!bytes) {
            m_report.add(FaultKind::Unreadable, path,
                         u"\"%1\" cannot be read to its end: %2"_s.arg(shown(path), bytes.error().message()));
            return std::nullopt;
        }
        if (bytes->isEmpty())
            return total;
        total += bytes->size();
        if (m_bytesLeft >= 0 && (m_bytesLeft -= bytes->size()) < 0) {
            m_bytesLeft = 0;
            m_report.add(FaultKind::LimitExceeded, path,
                         u"\"%1\" unpacks to far more than its package's size: not read further."_s.arg(shown(path)));
            return std::nullopt;
        }
        if (!take(*bytes))
            return std::nullopt;
    }
}

std::optional<QByteArray> ContentReader::readTagFile(const QByteArray &name, qsizetype index)
{
    QByteArray bytes;
    const auto size = read(name, index, [&](QByteArrayView piece) {
        bytes.append(piece);
        if (bytes.size() <= m_tagFileLimit)
            return true;
        m_report.add(FaultKind::LimitExceeded, name,
                     u"\"%1\" is longer than %2 bytes: not read."_s.arg(shown(name)).arg(m_tagFileLimit));
        return false;
    });
    return size ? std::optional(bytes) : std::nullopt;
}

} // namespace quoin::bagit
