// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/bagview.h"

#include "bagit/report.h"
#include "bagit/ziptree.h"

#include <utility>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 mostEntries = 100'000;
constexpr qint64 longestInfo = 1024 * 1024;

/// The places of the files among the entries, in order.
Result<QList<std::pair<qsizetype, QByteArray>>> filesOf(ZipTree &tree)
{
    const auto entries = tree.entries(mostEntries);
    if (!entries)
        return entries.error();
    QList<std::pair<qsizetype, QByteArray>> files;
    for (qsizetype i = 0; i < entries->size(); ++i) {
        if ((*entries)[i].kind == EntryKind::File)
            files.append({i, (*entries)[i].path});
    }
    return files;
}

Result<QByteArray> bytesOf(ZipTree &tree, qsizetype index, const QByteArray &path, qint64 limit)
{
    auto content = tree.open(index);
    if (!content)
        return content.error();
    QByteArray bytes;
    for (;;) {
        const auto piece = (*content)->next();
        if (!piece)
            return Error::invalid(u"\"%1\" cannot be read to its end: %2"_s.arg(shown(path), piece.error().message()));
        if (piece->isEmpty())
            return bytes;
        if (bytes.size() + piece->size() > limit)
            return Error::invalid(u"\"%1\" has more than %2 bytes."_s.arg(shown(path)).arg(limit));
        bytes.append(*piece);
    }
}

bool isInfo(const QByteArray &path) { return path.count('/') == 1 && path.endsWith("/bag-info.txt"); }

} // namespace

QList<Label> parseInfo(const QByteArray &bagInfoUtf8)
{
    QList<Label> labels;
    for (QByteArray line : QByteArray(bagInfoUtf8).replace("\r\n", "\n").replace('\r', '\n').split('\n')) {
        const qsizetype colon = line.indexOf(':');
        if ((line.startsWith(' ') || line.startsWith('\t')) && !labels.isEmpty())
            labels.last().value += ' ' + line.trimmed();
        else if (colon > 0)
            labels.append({line.first(colon).trimmed(), line.sliced(colon + 1).trimmed()});
    }
    return labels;
}

Result<BagView> viewBag(const QString &zipPath)
{
    const auto tree = ZipTree::open(zipPath);
    if (!tree)
        return tree.error();
    const auto files = filesOf(**tree);
    if (!files)
        return files.error();
    BagView view;
    for (const auto &[index, path] : *files) {
        const auto size = (*tree)->unpackedSize(index);
        if (!size)
            return size.error();
        view.files.append({path, *size});
        if (!isInfo(path))
            continue;
        if (const auto info = bytesOf(**tree, index, path, longestInfo))
            view.info = parseInfo(*info);
    }
    return view;
}

Result<QByteArray> readFile(const QString &zipPath, qsizetype place, qint64 limit)
{
    const auto tree = ZipTree::open(zipPath);
    if (!tree)
        return tree.error();
    const auto files = filesOf(**tree);
    if (!files)
        return files.error();
    if (place < 0 || place >= files->size())
        return Error::notFound(u"The package has %1 files, counted from 0."_s.arg(files->size()));
    const auto &[index, path] = (*files)[place];
    return bytesOf(**tree, index, path, limit);
}

} // namespace quoin::bagit
