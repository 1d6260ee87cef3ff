// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/ziptree.h"

#include "bagit/report.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <limits>
#include <vector>

#include <sys/stat.h>
#include <zip.h>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

namespace {

struct CloseEntry
{
    void operator()(zip_file_t *file) const noexcept { zip_fclose(file); }
};
using OpenEntry = std::unique_ptr<zip_file_t, CloseEntry>;

QString sentenceOf(zip_error_t *error) { return QString::fromLocal8Bit(zip_error_strerror(error)) + u'.'; }

/// Why a zip cannot be opened.
Error refusal(zip_error_t *error, const QString &path)
{
    const int code = zip_error_code_zip(error);
    if (code == ZIP_ER_NOZIP)
        return Error::invalid(u"%1 is not a zip file, or its end is missing."_s.arg(path));
#ifdef ZIP_ER_TRUNCATED_ZIP // libzip 1.11
    if (code == ZIP_ER_TRUNCATED_ZIP)
        return Error::invalid(u"%1 is damaged or cut off: its end is missing."_s.arg(path));
#endif
    if (code == ZIP_ER_EXISTS)
        return Error::invalid(u"%1 holds one path twice: which one counts depends on the reader."_s.arg(path));
    if (code == ZIP_ER_INCONS)
        return Error::invalid(u"%1 is damaged or cut off: its parts contradict each other."_s.arg(path));
    return Error::invalid(u"%1 cannot be read as a zip file: %2"_s.arg(path, sentenceOf(error)));
}

class ZipContent final : public Content
{
public:
    explicit ZipContent(OpenEntry file, zip_uint64_t declaredSize)
        : m_file(std::move(file))
        , m_left(declaredSize)
        , m_buffer(std::min<zip_uint64_t>(declaredSize, 64 * 1024 - 1)
                   + 1) // one more, to see what is longer than declared
    {
    }

    // The checksum is compared by libzip when the last byte is read.
    Result<QByteArrayView> next() override
    {
        const zip_int64_t count = zip_fread(m_file.get(), m_buffer.data(), m_buffer.size());
        if (count < 0)
            return Error::invalid(sentenceOf(zip_file_get_error(m_file.get())));
        const auto size = static_cast<zip_uint64_t>(count);
        if (size > m_left || (size == 0 && m_left > 0))
            return Error::invalid(u"It is %1 than the zip says."_s.arg(size == 0 ? u"shorter"_s : u"longer"_s));
        m_left -= size;
        return QByteArrayView(m_buffer.data(), static_cast<qsizetype>(count));
    }

private:
    OpenEntry m_file;
    zip_uint64_t m_left;
    std::vector<char> m_buffer;
};

EntryKind kindOf(zip_t *archive, zip_uint64_t index, const QByteArray &name)
{
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    zip_file_get_external_attributes(archive, index, 0, &system, &attributes);
    // The upper half of the attributes is st_mode where a Unix made the entry (APPNOTE.TXT 4.4.2, 4.4.15).
    const mode_t mode = system == ZIP_OPSYS_UNIX ? attributes >> 16 : 0;
    if (S_ISLNK(mode))
        return EntryKind::Link;
    if (name.endsWith('/') || S_ISDIR(mode))
        return EntryKind::Directory;
    return S_ISREG(mode) || (mode & S_IFMT) == 0 ? EntryKind::File : EntryKind::Other;
}

} // namespace

void ZipTree::Discard::operator()(zip *archive) const noexcept { zip_discard(archive); }

ZipTree::ZipTree(zip *archive, qint64 packedSize, const QByteArray &bytes)
    : m_bytes(bytes)
    , m_archive(archive)
    , m_packedSize(packedSize)
{
}

Result<std::unique_ptr<ZipTree>> ZipTree::open(const QString &path)
{
    const QFileInfo info(path);
    if (info.exists() && !info.isFile())
        return Error::invalid(
            u"%1 is neither a file nor a folder."_s.arg(path)); // opening a pipe would wait for its other end
    int code = 0;
    zip_t *archive = zip_open(QFile::encodeName(path).constData(), ZIP_RDONLY | ZIP_CHECKCONS, &code);
    if (archive)
        return std::unique_ptr<ZipTree>(new ZipTree(archive, info.size()));

    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const Error failure = refusal(&error, path);
    zip_error_fini(&error);
    return failure;
}

Result<std::unique_ptr<ZipTree>> ZipTree::openBytes(const QByteArray &bytes, const QString &path)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.constData(), static_cast<zip_uint64_t>(bytes.size()), 0,
                                                    &error);
    zip_t *archive = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) : nullptr;
    if (archive) // which owns the source now
        return std::unique_ptr<ZipTree>(new ZipTree(archive, bytes.size(), bytes));
    zip_source_free(source);
    const Error failure = refusal(&error, path);
    zip_error_fini(&error);
    return failure;
}

Result<QList<Entry>> ZipTree::entries(qint64 limit)
{
    const zip_int64_t count = zip_get_num_entries(m_archive.get(), 0);
    if (count > limit)
        return Error::invalid(u"There are %1 entries, more than %2: not read."_s.arg(count).arg(limit));
    QList<Entry> entries;
    entries.reserve(count);
    for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
        QByteArray name = zip_get_name(m_archive.get(), i, ZIP_FL_ENC_RAW);
        const EntryKind kind = kindOf(m_archive.get(), i, name);
        if (name.endsWith('/'))
            name.chop(1);
        entries.append({name, kind});
    }
    return entries;
}

Result<qint64> ZipTree::unpackedSize(qsizetype index) const
{
    zip_stat_t stat;
    if (zip_stat_index(m_archive.get(), static_cast<zip_uint64_t>(index), 0, &stat) != 0
        || !(stat.valid & ZIP_STAT_SIZE) || stat.size > static_cast<zip_uint64_t>(std::numeric_limits<qint64>::max()))
        return Error::invalid(u"The zip does not say how large its entry %1 is."_s.arg(index));
    return static_cast<qint64>(stat.size);
}

Result<std::unique_ptr<Content>> ZipTree::open(qsizetype index)
{
    const auto at = static_cast<zip_uint64_t>(index);
    zip_stat_t stat;
    OpenEntry file(zip_stat_index(m_archive.get(), at, 0, &stat) == 0 ? zip_fopen_index(m_archive.get(), at, 0)
                                                                      : nullptr);
    if (!file)
        return Error::invalid(sentenceOf(zip_get_error(m_archive.get())));
    return std::unique_ptr<Content>(std::make_unique<ZipContent>(std::move(file), stat.size));
}

} // namespace quoin::bagit
