// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/zipfile.h"

#include <chrono>
#include <memory>
#include <tuple>

#include <sys/stat.h>
#include <zip.h>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

namespace {

// Below this deflate saves less than a disk block and costs more than everything else that is done for the file.
constexpr qsizetype deflateFrom = 4096;

struct FreeSource
{
    void operator()(zip_source_t *source) const noexcept { zip_source_free(source); }
};
struct Discard
{
    void operator()(zip_t *archive) const noexcept { zip_discard(archive); }
};
using Source = std::unique_ptr<zip_source_t, FreeSource>;
using Archive = std::unique_ptr<zip_t, Discard>;

/// A time in the two fields of MS-DOS (APPNOTE.TXT 4.4.6), which know the years 1980 to 2107.
struct DosTime
{
    zip_uint16_t time = 0;
    zip_uint16_t date = (1 << 5) | 1;

    explicit DosTime(Time when)
    {
        using namespace std::chrono;
        const auto day = floor<days>(when);
        const year_month_day calendar(day);
        const hh_mm_ss clock(floor<seconds>(when - day));
        const int year = static_cast<int>(calendar.year()) - 1980;
        if (year < 0 || year > 127)
            return;
        date = static_cast<zip_uint16_t>(year << 9 | static_cast<int>(static_cast<unsigned>(calendar.month())) << 5
                                         | static_cast<int>(static_cast<unsigned>(calendar.day())));
        time = static_cast<zip_uint16_t>(clock.hours().count() << 11 | clock.minutes().count() << 5
                                         | clock.seconds().count() / 2);
    }
};

Error failure(zip_error_t *error)
{
    return Error::internal(u"the zip could not be made: %1"_s.arg(QString::fromLocal8Bit(zip_error_strerror(error))));
}

bool addFile(zip_t *archive, const QByteArray &name, const QByteArray &bytes, const DosTime &dos)
{
    zip_source_t *source = zip_source_buffer(archive, bytes.constData(), static_cast<zip_uint64_t>(bytes.size()), 0);
    const zip_int64_t added = source ? zip_file_add(archive, name.constData(), source, ZIP_FL_ENC_UTF_8) : -1;
    if (added < 0) {
        zip_source_free(source);
        return false;
    }
    const auto index = static_cast<zip_uint64_t>(added);
    const zip_int32_t method = bytes.size() < deflateFrom ? ZIP_CM_STORE : ZIP_CM_DEFLATE;
    return zip_set_file_compression(archive, index, method, method == ZIP_CM_STORE ? 0 : 6) == 0
        && zip_file_set_dostime(archive, index, dos.time, dos.date, 0) == 0
        && zip_file_set_external_attributes(archive, index, 0, ZIP_OPSYS_UNIX,
                                            static_cast<zip_uint32_t>(S_IFREG | 0644) << 16)
        == 0;
}

Result<QByteArray> bytesOf(zip_source_t *source)
{
    zip_stat_t stat;
    if (zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0)
        return failure(zip_source_error(source));
    QByteArray bytes(static_cast<qsizetype>(stat.size), Qt::Uninitialized);
    const zip_int64_t count = zip_source_read(source, bytes.data(), stat.size);
    zip_source_close(source);
    if (count < 0 || static_cast<zip_uint64_t>(count) != stat.size)
        return failure(zip_source_error(source));
    return bytes;
}

} // namespace

Result<QByteArray> zipOf(const QByteArray &folder, const QList<BagFile> &files, Time time)
{
    zip_error_t error;
    zip_error_init(&error);
    const Source target(zip_source_buffer_create(nullptr, 0, 0, &error));
    Archive archive(target ? zip_open_from_source(target.get(), ZIP_TRUNCATE, &error) : nullptr);
    if (!archive)
        return failure(&error);
    zip_source_keep(target.get()); // the archive took over our count

    const DosTime dos(time);
    for (const BagFile &file : files) {
        if (!addFile(archive.get(), folder + '/' + file.path, file.bytes, dos))
            return failure(zip_get_error(archive.get()));
    }
    if (zip_close(archive.get()) != 0)
        return failure(zip_get_error(archive.get()));
    std::ignore = archive.release(); // zip_close() freed it
    return bytesOf(target.get());
}

} // namespace quoin::bagit
