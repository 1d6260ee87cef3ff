// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

namespace iiif {

/// Whether If-None-Match names this entity tag (with its quotes), by the weak comparison (RFC 9110 sections 8.8.3.2 and
/// 13.1.2): then the client has it already.
bool isAlreadyThere(const QByteArray &ifNoneMatch, const QByteArray &entityTag);

/// Whether Accept names this media type itself, not by a wild card, and does not rule it out (RFC 9110 section 12.5.1).
bool isAskedFor(const QByteArray &accept, const QByteArray &mediaType);

} // namespace iiif
