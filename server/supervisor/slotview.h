// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/workerslot.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QVarLengthArray>

#include <optional>

namespace quoin::supervisor {

/// A crumb as it was at one moment, of a thread that is in a plugin.
struct LiveCrumb
{
    qint32 thread = 0;
    int module = -1; ///< Index; not checked against the table.
    CrumbKind kind = CrumbKind::Loop;
    qint64 since = 0;
    qint64 deadline = 0;
    quint64 number = 0;
};

struct MappedModule
{
    QString name;
    QByteArray sha256;
    bool isPlugin = false;
    quint64 base = 0;
    quint64 from = 0;
    quint64 to = 0;

    bool holds(quint64 address) const { return address >= from && address < to; }
};

// Readings of a slot that its worker may write to meanwhile, or may have filled with nonsense: whatever is in it, the
// result is in bounds.

/// The crumbs of all threads that are in a plugin; one that changes while it is read is left out (it is not stuck).
QVarLengthArray<LiveCrumb, 16> liveCrumbs(const WorkerSlot &slot);
/// The plugin with that index; nothing if there is none.
std::optional<MappedModule> pluginAt(const WorkerSlot &slot, int index);
QList<MappedModule> modules(const WorkerSlot &slot);

/// "a handler on the pool (request 17)"; without the number where none was given.
QString placeText(const LiveCrumb &crumb);

} // namespace quoin::supervisor
