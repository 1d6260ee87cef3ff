// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/fault.h"
#include "plugins/metadata.h"

#include <QHash>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>
#include <QVersionNumber>

namespace quoin::plugins {

/// In which order plugins are started, and which of them cannot be.
struct Order
{
    QStringList sequence;         ///< Ids; each after all it requires, else by name.
    QMap<QString, Fault> refused; ///< By id: what is missing, too old, or requires itself in a circle.
};

/// Pure. present: what is there already (built into the host), by id.
Order resolveOrder(const QList<Metadata> &plugins, const QHash<QString, QVersionNumber> &present);

} // namespace quoin::plugins
