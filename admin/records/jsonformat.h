// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QString>

namespace admin {

/// A JSON text for the eye.
struct FormattedJson
{
    QString text;
    bool isCut = false; ///< it goes on, or long lines were shortened: not to be copied or sent on
};

/// Each member on a line of its own, in the order, with the numbers and escapes as they are written; at most `longest`
/// characters, and if `longestValue` is not 0, values longer than that are shortened. A text that is broken is
/// formatted up to there and follows as it is.
FormattedJson formatJson(QByteArrayView json, qsizetype longest, qsizetype longestValue = 0);

} // namespace admin
