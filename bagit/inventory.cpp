// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/inventory.h"

#include "bagit/manifest.h"

#include <QSet>

#include <optional>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

namespace {

/// Cuts the one top folder off the paths of a zip.
class TopFolder
{
public:
    /// The path below it, empty for the folder itself; nothing, and a fault, for what is not in it.
    std::optional<QByteArray> below(const Entry &entry, Report &report)
    {
        const qsizetype slash = entry.path.indexOf('/');
        if (slash < 0 && entry.kind != EntryKind::Directory) {
            report.add(FaultKind::TopFolder, entry.path,
                       u"\"%1\" is not in a folder; a zipped bag is one folder."_s.arg(shown(entry.path)));
            return std::nullopt;
        }
        const QByteArray name = slash < 0 ? entry.path : entry.path.first(slash);
        if (m_name.isNull())
            m_name = name;
        if (name != m_name) {
            if (!m_others.contains(name))
                report.add(FaultKind::TopFolder, name,
                           u"There is a second top folder, \"%1\", beside \"%2\"; a zipped bag is one folder."_s.arg(
                               shown(name), shown(m_name)));
            m_others.insert(name);
            return std::nullopt;
        }
        return slash < 0 ? QByteArray("") : entry.path.sliced(slash + 1);
    }

private:
    QByteArray m_name;
    QSet<QByteArray> m_others;
};

} // namespace

qsizetype Inventory::countBelow(const QByteArray &prefix) const
{
    qsizetype count = 0;
    for (auto it = files.lowerBound(prefix); it != files.cend() && it.key().startsWith(prefix); ++it)
        ++count;
    return count;
}

Inventory takeInventory(const QList<Entry> &entries, bool inTopFolder, Report &report)
{
    Inventory inventory;
    TopFolder top;
    for (qsizetype i = 0; i < entries.size(); ++i) {
        const Entry &entry = entries[i];
        if (const auto reason = unsafePathReason(entry.path)) {
            report.add(FaultKind::UnsafePath, entry.path, u"The path \"%1\" %2."_s.arg(shown(entry.path), *reason));
            continue;
        }
        const auto path = inTopFolder ? top.below(entry, report) : entry.path;
        if (!path)
            continue;
        if (entry.kind == EntryKind::Link || entry.kind == EntryKind::Other) {
            const QString what = entry.kind == EntryKind::Link ? u"a symbolic link"_s
                                                               : u"neither a file nor a folder"_s;
            report.add(FaultKind::NotAFile, *path,
                       u"\"%1\" is %2; a bag holds files and folders."_s.arg(shown(*path), what));
        } else if (entry.kind == EntryKind::Directory) {
            inventory.hasDataFolder |= *path == "data";
        } else if (inventory.files.contains(*path)) {
            report.add(FaultKind::DuplicateEntry, *path, u"\"%1\" is there twice."_s.arg(shown(*path)));
        } else {
            inventory.files.insert(*path, i);
            inventory.hasDataFolder |= path->startsWith("data/");
        }
    }
    return inventory;
}

} // namespace quoin::bagit
