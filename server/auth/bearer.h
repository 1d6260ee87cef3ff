// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>

namespace quoin::auth {

/// What a request's Authorization field says (RFC 6750 section 2.1). The other two ways of that RFC, in the body and in
/// the query, are not taken: what is in a URL ends up in logs.
struct Bearer
{
    enum class Kind {
        Absent,    ///< No field, or one of another scheme: nobody has tried to show a token.
        Malformed, ///< The scheme is Bearer, what follows is no b64token; or there are several fields.
        Present,
    };

    Kind kind = Kind::Absent;
    QByteArray token; ///< If present: any b64token.

    /// authorization: the field's value; null without one; several joined by ", ".
    static Bearer read(const QByteArray &authorization);
};

} // namespace quoin::auth
