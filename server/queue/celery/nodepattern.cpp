// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/nodepattern.h"

#include <QRegularExpression>

#include <optional>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

constexpr qsizetype longestExpression = 1000;

/// Where the set that begins at `open` ends, or -1: then the bracket stands for itself. A "]" that comes first is a
/// member.
qsizetype closing(QStringView pattern, qsizetype open)
{
    qsizetype first = open + 1;
    if (first < pattern.size() && pattern[first] == u'!')
        ++first;
    return pattern.indexOf(u']', first + 1);
}

/// set: what is between the brackets.
bool isInSet(QChar c, QStringView set)
{
    const bool isNegated = set.startsWith(u'!');
    if (isNegated)
        set = set.mid(1);
    bool isMember = false;
    for (qsizetype i = 0; i < set.size(); ++i) {
        const bool isRange = i + 2 < set.size() && set[i + 1] == u'-';
        isMember |= isRange ? set[i] <= c && c <= set[i + 2] : set[i] == c;
        if (isRange)
            i += 2;
    }
    return isMember != isNegated;
}

/// Where the pattern goes on after the one element at `at`, if that matches c.
std::optional<qsizetype> afterElement(QStringView pattern, qsizetype at, QChar c)
{
    if (pattern[at] == u'?')
        return at + 1;
    const qsizetype end = pattern[at] == u'[' ? closing(pattern, at) : -1;
    if (end >= 0)
        return isInSet(c, pattern.mid(at + 1, end - at - 1)) ? std::optional(end + 1) : std::nullopt;
    return pattern[at] == c ? std::optional(at + 1) : std::nullopt;
}

} // namespace

bool matchesGlob(QStringView name, QStringView pattern)
{
    // On a mismatch only the last star need take one character more: what earlier stars took was enough.
    qsizetype at = 0;
    qsizetype in = 0;
    qsizetype star = -1;
    qsizetype starTook = 0;
    while (at < name.size()) {
        if (in < pattern.size() && pattern[in] == u'*') {
            star = in++;
            starTook = at;
            continue;
        }
        const auto next = in < pattern.size() ? afterElement(pattern, in, name[at]) : std::nullopt;
        if (next) {
            in = *next;
            ++at;
        } else if (star >= 0) {
            in = star + 1;
            at = ++starTook;
        } else {
            return false;
        }
    }
    while (in < pattern.size() && pattern[in] == u'*')
        ++in;
    return in == pattern.size();
}

bool matchesRegularExpression(const QString &name, const QString &pattern)
{
    if (pattern.size() > longestExpression)
        return false;
    // PCRE2's own brakes (pcre2pattern(3), "Setting match resource limits"): a pattern can only lower them further.
    const QRegularExpression expression("(*LIMIT_MATCH=10000)(*LIMIT_DEPTH=1000)"_L1 + pattern);
    if (!expression.isValid())
        return false;
    return expression.match(name, 0, QRegularExpression::NormalMatch, QRegularExpression::AnchorAtOffsetMatchOption)
        .hasMatch();
}

} // namespace quoin::celery
