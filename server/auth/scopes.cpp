// SPDX-License-Identifier: GPL-3.0-only
#include "auth/scopes.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::auth {

bool isScope(const QString &text)
{
    constexpr qsizetype longest = 64;
    return !text.isEmpty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](QChar c) {
        return c > u' ' && c < u'\x7f' && c != u'"' && c != u'\\' && c != u',';
    });
}

bool isAdminScope(const QString &scope) { return scope == u"admin"_s || scope.startsWith(u"admin:"_s); }

bool isReadingScope(const QString &scope) { return scope.endsWith(u":read"_s); }

bool isWritingScope(const QString &scope) { return !isAdminScope(scope) && !isReadingScope(scope); }

bool includes(const QStringList &granted, const QString &wanted)
{
    return granted.contains(wanted) || (wanted == u"admin:read"_s && granted.contains(u"admin"_s));
}

} // namespace quoin::auth
