// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/manifest.h"

#include <QStringConverter>

namespace quoin::bagit {

/// What bagit.txt says (RFC 8493 §2.1.1).
struct Declaration
{
    Version version;
    QByteArray encoding = "UTF-8"; ///< Of the other tag files.
};

/// Reads bagit.txt: exactly its two lines, in order, UTF-8 without a byte order mark. What is wrong becomes a fault;
/// what is returned then says 1.0 and UTF-8, so that the rest can still be looked at.
Declaration parseDeclaration(const QByteArray &bytes, Report &report);

/// The bytes of another tag file as UTF-8; nothing if they are not of the declared encoding.
std::optional<QByteArray> toUtf8(const QByteArray &bytes, const QByteArray &encoding);

/// A Payload-Oxum: how many bytes the payload has, in how many files (RFC 8493 §2.2.2).
struct Oxum
{
    qint64 bytes = 0;
    qint64 files = 0;
};

/// The Payload-Oxum of bag-info.txt, if there is one; a malformed or contradicting one becomes a fault.
std::optional<Oxum> parseOxum(const QByteArray &bagInfoUtf8, Report &report);

} // namespace quoin::bagit
