// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace quoin::server {

/// Rows for a terminal, one a line, each cell as wide as the widest of its column, two spaces between them. indent
/// comes before each line.
QString columns(const QList<QStringList> &rows, const QString &indent = {});

/// A stranger's words must not move the cursor of who reads them: control characters but line breaks are replaced.
QString withoutControls(QString text);

} // namespace quoin::server
