// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/contentreader.h"
#include "bagit/filetree.h"
#include "bagit/report.h"

namespace quoin::bagit {

/// How a bag is looked at.
struct VerifyOptions
{
    Limits limits = {};
    /// RFC 8493 §2.2.1 says that tag manifests SHOULD list all other tag files. A file that nothing vouches for has no
    /// place in a submission package, so that one is a fault unless this is set. (A bag without tag manifests is not
    /// affected.)
    bool allowUnlistedTagFiles = false;
};

/// Checks a bag in full, every byte of it: complete and valid as RFC 8493 §3 says, and safe to unpack. All faults are
/// listed, not only the first. `inTopFolder`: the bag is the tree's one folder, as in a zip, and not the tree itself.
Report verifyTree(FileTree &tree, bool inTopFolder, const VerifyOptions &options = {});

/// The same for a file, which must be a zip, or for a folder. What cannot be read is a fault of the report. Any thread;
/// blocks.
Report verify(const QString &path, const VerifyOptions &options = {});

/// The same for a zip whose bytes are at hand. path: what the report calls it.
Report verifyZip(const QByteArray &bytes, const QString &path, const VerifyOptions &options = {});

} // namespace quoin::bagit
