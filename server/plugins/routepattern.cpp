// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/routepattern.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

Result<RoutePattern> parseRoutePattern(const QString &text)
{
    static const QRegularExpression capture(u"^\\{([A-Za-z_][A-Za-z0-9_]*)\\}$"_s);
    static const QRegularExpression literal(u"^([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+$"_s);
    if (!text.startsWith(u'/'))
        return Error::invalid(u"route \"%1\" does not begin with '/'"_s.arg(text));
    RoutePattern pattern;
    if (text == u"/"_s) {
        pattern.shape = text;
        return pattern;
    }
    const bool endsInSlash = text.endsWith(u'/');
    for (const QString &segment : text.sliced(1).chopped(endsInSlash ? 1 : 0).split(u'/')) {
        const auto match = capture.match(segment);
        if (!match.hasMatch() && !literal.match(segment).hasMatch())
            return Error::invalid(
                u"route \"%1\" has the segment \"%2\", which is neither {name} nor plain"_s.arg(text, segment));
        if (match.hasMatch() && pattern.captures.contains(match.captured(1)))
            return Error::invalid(u"route \"%1\" has the capture {%2} twice"_s.arg(text, match.captured(1)));
        if (match.hasMatch())
            pattern.captures.append(match.captured(1));
        pattern.shape += match.hasMatch() ? u"/{}"_s : u'/' + segment;
    }
    if (endsInSlash)
        pattern.shape += u'/';
    return pattern;
}

} // namespace quoin::plugins
