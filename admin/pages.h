// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QList>

class QWidget;

namespace admin {

class Page;

/// All pages in the order of the side bar, as children of `parent`.
QList<Page *> makePages(QWidget *parent);

} // namespace admin
