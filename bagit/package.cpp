// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/package.h"

#include "bagit/seal.h"
#include "bagit/verify.h"
#include "bagit/zipfile.h"

#include <chrono>
#include <limits>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

namespace {

QByteArray formatted(MicrosecondTime time, const char *format)
{
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day calendar(day);
    const hh_mm_ss clock(time - day);
    return QString::asprintf(format, static_cast<int>(calendar.year()), static_cast<unsigned>(calendar.month()),
                             static_cast<unsigned>(calendar.day()), static_cast<int>(clock.hours().count()),
                             static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
                             static_cast<int>(clock.subseconds().count()))
        .toLatin1();
}

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

QByteArray basicTime(MicrosecondTime time)
{
    return formatted(time, "%04d%02u%02uT%02d%02d%02d.%06dZ");
}

QByteArray extendedTime(MicrosecondTime time)
{
    return formatted(time, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ");
}

Result<StoredFile> storePackage(const QString &folder, const Package &package)
{
    const auto zip = zipOf(package.name, makeBag(package.payload, package.info), package.time);
    if (!zip)
        return zip.error();
    return storeFile(folder, QString::fromUtf8(package.name) + u".zip"_s, sealed(*zip), verifyOwn);
}

} // namespace quoin::bagit
