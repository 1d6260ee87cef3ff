// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>

class QLocale;

namespace admin {

/// The words of the window in the language of `locale`, where `folder` has a file of them (quoin-admin_de.qm; see
/// docs/admin.md), and those of Qt itself. Without one they are English, and "%Ln record(s)" becomes "1 record" or
/// "2 records". Once, before the first widget.
void useLanguage(const QLocale &locale, const QString &folder);

} // namespace admin
