// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>
#include <QStringList>

namespace quoin::auth {

// Scopes are names such as "records:read". A route says which one it wants, a token says which ones it was granted.

/// Whether the text may be one: 1 to 64 of the characters of RFC 6749 section 3.3, without the comma.
bool isScope(const QString &text);

/// "admin", "admin:read" ...: never open to everybody.
bool isAdminScope(const QString &scope);
/// "records:read": looks and changes nothing.
bool isReadingScope(const QString &scope);
/// Whether it lets its bearer change what plugins keep.
bool isWritingScope(const QString &scope);

/// Whether these include the wanted one. "admin" includes "admin:read"; nothing else includes anything.
bool includes(const QStringList &granted, const QString &wanted);

} // namespace quoin::auth
