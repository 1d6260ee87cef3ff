// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/http.h>

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>

namespace quoin::server {

// How the admin API writes its answers.

/// "2026-11-23T17:48:01.000042Z": RFC 3339, UTC, of microseconds since 1970.
QString apiTime(qint64 microseconds);
QString apiTime(const QDateTime &time);

/// Not to be kept by anybody, since it is of this moment.
Response apiAnswer(const QJsonObject &object, int status = 200);
Response uncached(Response response);

/// {"results":[...]} and, if there is more, "next".
QJsonObject apiList(const QJsonArray &results, const QString &next = {});

} // namespace quoin::server
