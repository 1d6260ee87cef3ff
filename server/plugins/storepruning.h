// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

namespace quoin::plugins {

/// Deletes the copies of all versions but these. Folders that are not named like a hash are left alone. What a process
/// has mapped it keeps.
void pruneStore(const QString &store, const QList<QByteArray> &keep);

} // namespace quoin::plugins
