// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/package.h"

#include "bagit/seal.h"
#include "bagit/verify.h"
#include "bagit/zipfile.h"

#include <limits>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

namespace {

Result<> verifyOwn(const QString &path)
{
    VerifyOptions options;
    options.limits.freeBytes = std::numeric_limits<qint64>::max(); // we know what we packed, however well it packs
    const Report report = verify(path, options);
    if (report.isValid())
        return {};
    return Error::internal(u"the package at %1 is not a valid bag: %2"_s.arg(path, report.summary()));
}

} // namespace

Result<StoredFile> storePackage(const QString &folder, const Package &package)
{
    const auto zip = zipOf(package.name, makeBag(package.payload, package.info), package.time);
    if (!zip)
        return zip.error();
    return storeFile(folder, QString::fromUtf8(package.name) + u".zip"_s, sealed(*zip), verifyOwn);
}

} // namespace quoin::bagit
