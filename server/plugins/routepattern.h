// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QString>
#include <QStringList>

namespace quoin::plugins {

/// A route's path template, taken apart: "/record/{id}/sips" has the capture "id" and the shape "/record/{}/sips". Two
/// routes of one method and shape would answer the same paths.
struct RoutePattern
{
    QStringList captures;
    QString shape;
};

/// Invalid with the reason: it begins with '/'; a segment is either {name}, each name once, or characters that a path
/// may hold (RFC 3986 section 3.3); none is empty but the last, since "/a/" is a path of its own.
Result<RoutePattern> parseRoutePattern(const QString &text);

} // namespace quoin::plugins
