// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QIcon>
#include <QString>

namespace admin {

/// The drawing admin/icons/NAME.svg as an icon that takes the text's colour of the moment, light or dark, and stays
/// sharp in every size. Names: see admin/icons/icons.qrc.
QIcon themedIcon(const QString &name);
/// The same in a colour of its own, for states.
QIcon themedIcon(const QString &name, const QColor &color);
/// The program's own icon, in colours.
QIcon programIcon();
/// Makes the files of this library (":/quoin-admin/...") readable; themedIcon() does it by itself.
void useResources();
/// Whether there is such a drawing.
bool hasIcon(const QString &name);

} // namespace admin
