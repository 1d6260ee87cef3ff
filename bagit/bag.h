// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QList>

namespace quoin::bagit {

/// A file of a bag: its path from the bag's own folder, UTF-8, and its bytes.
struct BagFile
{
    QByteArray path;
    QByteArray bytes;
};

/// A line of bag-info.txt (RFC 8493 §2.2.2). Line breaks in a value become spaces.
struct Label
{
    QByteArray name;
    QByteArray value;
};

/// All files of a BagIt 1.0 bag around the payload, whose paths begin with "data/": bagit.txt, bag-info.txt (the
/// labels, then Payload-Oxum), sha256 and sha512 manifests, the payload, tag manifests; in that order. The same
/// arguments give the same bytes.
QList<BagFile> makeBag(const QList<BagFile> &payload, const QList<Label> &info);

} // namespace quoin::bagit
