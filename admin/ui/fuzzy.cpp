// SPDX-License-Identifier: GPL-3.0-only
#include "ui/fuzzy.h"

#include <algorithm>
#include <limits>

namespace admin {

namespace {

constexpr int none = std::numeric_limits<int>::min() / 2;
constexpr int wordStart = 12, sideBySide = 8, plain = 1, gap = -1;

int worthOf(const QString &text, qsizetype at)
{
    const bool isStart = at == 0 || !text[at - 1].isLetterOrNumber() || (text[at].isUpper() && text[at - 1].isLower());
    return plain + (isStart ? wordStart : 0) + (at == 0 ? 4 : 0);
}

} // namespace

// best[i][j]: the best score of the first i letters with the last of them at j. Texts are titles, so this is small.
std::optional<FuzzyMatch> fuzzyMatch(const QString &typed, const QString &text)
{
    QString letters;
    for (const QChar c : typed) {
        if (!c.isSpace())
            letters += c.toCaseFolded();
    }
    const auto count = letters.size(), length = text.size();
    if (count == 0)
        return FuzzyMatch{};
    QList<QList<int>> best(count, QList<int>(length, none)), before(count, QList<int>(length, -1));
    for (qsizetype i = 0; i < count; ++i) {
        int bestBefore = none, at = -1; // over all earlier places of the letter before
        for (qsizetype j = 0; j < length; ++j) {
            if (i > 0 && j > 0 && best[i - 1][j - 1] + gap > bestBefore) {
                bestBefore = best[i - 1][j - 1] + gap;
                at = static_cast<int>(j) - 1;
            }
            if (text[j].toCaseFolded() != letters[i] || (i > 0 && at < 0))
                continue;
            int score = i == 0 ? worthOf(text, j) : bestBefore + worthOf(text, j);
            int from = at;
            if (i > 0 && j > 0 && best[i - 1][j - 1] > none
                && best[i - 1][j - 1] + sideBySide + worthOf(text, j) > score) {
                score = best[i - 1][j - 1] + sideBySide + worthOf(text, j);
                from = static_cast<int>(j) - 1;
            }
            best[i][j] = score;
            before[i][j] = from;
        }
    }
    const auto &last = best.last();
    const auto end = std::ranges::max_element(last);
    if (end == last.end() || *end <= none / 2)
        return {};
    FuzzyMatch match{*end - static_cast<int>(length) / 4, {}}; // of two equals the shorter
    int at = static_cast<int>(end - last.begin());
    for (auto i = count - 1; i >= 0; --i) {
        match.positions.prepend(at);
        at = before[i][at];
    }
    return match;
}

} // namespace admin
