// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/digest.h"
#include "bagit/report.h"

#include <QMap>

#include <compare>
#include <optional>

namespace quoin::bagit {

/// The version in bagit.txt, as "1.0" is {1, 0}.
struct Version
{
    int major = 1;
    int minor = 0;
    friend bool operator==(const Version &, const Version &) = default;
    friend std::strong_ordering operator<=>(const Version &a, const Version &b)
    {
        return a.major != b.major ? a.major <=> b.major : a.minor <=> b.minor;
    }
};

/// Why a path must not be in a bag (RFC 8493 §5.1): it is absolute, has "." or ".." or nothing between two slashes,
/// begins with '~' or a drive, or holds a backslash or a control character other than CR and LF. Nothing for a good
/// one.
std::optional<QString> unsafePathReason(QByteArrayView path);

/// CR, LF and '%' as RFC 8493 §2.1.3 wants them in manifests and in fetch.txt.
QByteArray encodedPath(const QByteArray &path);

/// The reverse; nothing if a '%' is not followed by 0A, 0D or 25. Before 1.0 '%' stood for itself, and only %0A and %0D
/// were known.
std::optional<QByteArray> decodedPath(const QByteArray &text, Version version);

/// The lines of a tag file, ended by LF, CR or CRLF (RFC 8493 §2.1.3), without their ends and without an empty one at
/// the end.
QList<QByteArray> linesOf(const QByteArray &text);

/// What one manifest says: digests in lower case, by path.
struct Manifest
{
    QByteArray name; ///< "manifest-sha256.txt"
    Algorithm algorithm = Algorithm::Sha256;
    QMap<QByteArray, QByteArray> digests;
};

/// Reads a manifest strictly; each line that is not "<digest> <path>" with a good path, and each path that comes twice,
/// becomes a fault. `ofPayload`: paths must be below data/; else they must not be.
Manifest parseManifest(const QByteArray &name, Algorithm algorithm, const QByteArray &utf8, bool ofPayload,
                       Version version, Report &report);

/// What fetch.txt says (RFC 8493 §2.2.3): the paths that are to be fetched, each with its address.
QMap<QByteArray, QByteArray> parseFetch(const QByteArray &utf8, Version version, Report &report);

} // namespace quoin::bagit
