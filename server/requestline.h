// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "logformat.h"

namespace quoin::server {

/// One answered request, for the log. Byte arrays are shared, not copied.
struct RequestLine
{
    std::chrono::system_clock::time_point time; ///< Of the end.
    QByteArray method;
    QByteArray path; ///< As received, without the query, which may hold secrets.
    QByteArray route; ///< The pattern; null: none matched.
    QByteArray id;
    QByteArray peer;
    int status = 0;
    qint64 bytes = 0; ///< Of the answer's body.
    std::chrono::nanoseconds duration{};
};

/// Writes one line in category quoin.http.request, its level info; warning from status 500 up.
void appendRequest(QByteArray &out, const RequestLine &line, LogFormat format);

} // namespace quoin::server
