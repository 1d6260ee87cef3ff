// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/package.h"

#include "bagit/seal.h"
#include "bagit/verify.h"
#include "bagit/zipfile.h"

#include <limits>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

namespace {

// Of one round of files. More would not make the syncs much rarer.
constexpr qsizetype mostBytes = 32 * 1024 * 1024;
constexpr qsizetype mostFiles = 256;

Result<> verifyOwn(const QByteArray &readBack, const QString &path)
{
    VerifyOptions options;
    options.limits.freeBytes = std::numeric_limits<qint64>::max(); // we know what we packed, however well it packs
    const Report report = verifyZip(readBack, path, options);
    if (report.isValid())
        return {};
    return Error::internal(u"the package at %1 is not a valid bag: %2"_s.arg(path, report.summary()));
}

} // namespace

QList<Result<StoredFile>> storePackages(const QString &folder, const QList<Package> &packages)
{
    QList<Result<StoredFile>> results;
    QList<NewFile> round;
    qsizetype bytes = 0;
    const auto store = [&] {
        results += storeFiles(folder, round);
        round.clear();
        bytes = 0;
    };
    for (const Package &package : packages) {
        const auto zip = zipOf(package.name, makeBag(package.payload, package.info), package.time);
        if (zip) {
            round += {QString::fromUtf8(package.name) + u".zip"_s, sealed(*zip), verifyOwn};
            bytes += round.last().bytes.size();
        }
        if (!zip || bytes >= mostBytes || round.size() >= mostFiles)
            store();
        if (!zip)
            results += zip.error();
    }
    store();
    return results;
}

Result<StoredFile> storePackage(const QString &folder, const Package &package)
{
    return storePackages(folder, {package}).first();
}

} // namespace quoin::bagit
