// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>

namespace quoin::http {

/// One route as it was declared. Owns nothing: the handler outlives the server.
struct RouteEntry
{
    QByteArray method;              ///< "GET", "POST" ...; a GET route answers HEAD too.
    QString pattern;                ///< An OpenAPI path template: "/record/{id}/sips".
    QList<QByteArray> captureTypes; ///< "integer" or "string", one for each capture of the pattern, in order.
    abi::RunsOn runsOn = abi::RunsOn::Pool;
    abi::Handler *handler = nullptr;
    QString owner;          ///< Who declared it, for messages: a plugin's id, or "quoin".
    qint64 deadlineMs = -1; ///< Until the answer begins; -1: Limits::handlerTime.
    qint64 bodyLimit = -1;  ///< In bytes; -1: Limits::body.
    QString summary;
    QString scope;          ///< What the caller must be granted, such as "records:write"; empty: nothing.
    bool isGuarded = false; ///< The gate is asked. Set by the router, see Router::close().
    int number = 0;         ///< In the order of Router::routes(), from 1. Set by the router.
};

} // namespace quoin::http
