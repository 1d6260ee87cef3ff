// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/filetree.h"
#include "bagit/report.h"

#include <QMap>

namespace quoin::bagit {

/// What is in a bag, by path from the bag's own folder.
struct Inventory
{
    QMap<QByteArray, qsizetype> files; ///< To the index in the tree's entries.
    bool hasDataFolder = false;

    /// The files whose path begins so, such as "data/".
    qsizetype countBelow(const QByteArray &prefix) const;
};

/// Sorts the entries into an inventory. What is unsafe, double, neither file nor folder, or (with `inTopFolder`, as in
/// a zip) beside the one top folder becomes a fault and is left out.
Inventory takeInventory(const QList<Entry> &entries, bool inTopFolder, Report &report);

} // namespace quoin::bagit
