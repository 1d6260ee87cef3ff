// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QList>
#include <QString>

#include <optional>

namespace admin {

/// How well typed letters fit a text, which has them in this order.
struct FuzzyMatch
{
    int score = 0;        ///< higher is better; comparable between texts for the same letters
    QList<int> positions; ///< of the letters in the text, for emphasis
};

/// None if the text does not have all the letters. Beginnings of words and letters side by side count more; case and
/// spaces do not count: "rt" finds "Retry Task", "opl" finds "Open log".
std::optional<FuzzyMatch> fuzzyMatch(const QString &typed, const QString &text);

} // namespace admin
