// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QJsonObject>
#include <QMimeData>

namespace admin {

/// What files that are dropped on the window are for, by their names.
struct FileDrop
{
    QString page;     ///< Its id; empty: nothing here takes such files.
    QJsonObject what; ///< For Page::open(): {"install": [path, ...]} or {"import": [path, ...]}.
};

/// Plugins (*.so) before records (*.json, *.ndjson, *.jsonl); of a mixture, those of one kind.
FileDrop fileDropOf(const QMimeData *data);

} // namespace admin
