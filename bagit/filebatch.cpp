// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/filebatch.h"

#include "bagit/digest.h"
#include "bagit/temporaryname.h"

#include <QFile>

#include <algorithm>
#include <array>
#include <cerrno>
#include <future>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

FileBatch::FileBatch(const QString &folder, const QList<NewFile> &files)
    : m_folder(folder)
{
    m_items.reserve(static_cast<std::size_t>(files.size()));
    for (const NewFile &file : files)
        m_items.push_back({&file, folder + u'/' + file.name, {}, Descriptor()});
}

FileBatch::~FileBatch()
{
    for (const Item &item : m_items) {
        if (!item.temporary.isEmpty())
            ::unlinkat(m_directory, item.temporary.constData(), 0);
    }
}

QList<Result<StoredFile>> FileBatch::store()
{
    if (m_items.empty())
        return {};
    if (const auto opened = openFolder(); !opened)
        failAll(opened.error());
    for (Item &item : m_items) {
        if (item.state && !isThere(item))
            item.state = write(item);
    }
    syncAndCheck();
    dropFromCache();
    for (Item &item : m_items) {
        if (item.isPart())
            item.state = readBack(item);
    }
    for (Item &item : m_items) {
        if (item.isPart())
            item.state = name(item);
    }
    syncFolder();

    QList<Result<StoredFile>> results;
    results.reserve(static_cast<qsizetype>(m_items.size()));
    for (const Item &item : m_items) {
        const QByteArray &bytes = item.file->bytes;
        if (item.state)
            results += StoredFile{item.path, bytes.size(), digestOf(Algorithm::Sha256, bytes)};
        else
            results += item.state.error();
    }
    return results;
}

Result<> FileBatch::openFolder()
{
    m_directory = Descriptor(::open(QFile::encodeName(m_folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (m_directory < 0)
        return refusal(u"made"_s, m_items.front().path, errno);
    return {};
}

/// Whether the name has these bytes already, from an earlier run; if so, it is checked.
bool FileBatch::isThere(Item &item) const
{
    const NewFile &wanted = *item.file;
    const Descriptor file(::openat(m_directory, QFile::encodeName(wanted.name).constData(),
                                   O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file < 0)
        return false;
    const auto bytes = readAll(file, wanted.bytes.size());
    if (bytes != wanted.bytes)
        return false;
    item.state = wanted.check(*bytes, item.path);
    return true;
}

Result<> FileBatch::write(Item &item) const
{
    const QByteArray temporary = temporaryName();
    item.descriptor = Descriptor(
        ::openat(m_directory, temporary.constData(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
    if (item.descriptor < 0)
        return refusal(u"made"_s, item.path, errno);
    item.temporary = temporary;
    return writeAll(item.descriptor, item.path, item.file->bytes);
}

/// One sync of the file system for many files: each fsync(2) of a new file waits for the disk by itself. While it does,
/// the bytes are checked; what is read back later need only be the same.
void FileBatch::syncAndCheck()
{
    std::future<bool> sync;
    if (partCount() > 1 && syncsAll(m_directory)) // where no thread can be had, it is done by get()
        sync = std::async(std::launch::async | std::launch::deferred,
                          [folder = int(m_directory)] { return ::syncfs(folder) == 0; });
    for (Item &item : m_items) {
        if (item.isPart())
            item.state = item.file->check(item.file->bytes, item.path);
    }
    if (!sync.valid() || !sync.get())
        syncEach(); // after a syncfs() that failed, too: this tells which file it was
}

void FileBatch::syncEach()
{
    for (Item &item : m_items) {
        if (item.isPart() && ::fsync(item.descriptor) != 0)
            item.state = refusal(u"synced"_s, item.path, errno);
    }
}

/// Whether syncfs(2) on this file system does for each file what fsync(2) does. A file system in user space or on the
/// network may take it for less.
bool FileBatch::syncsAll(int folder)
{
    struct statfs about;
    if (::fstatfs(folder, &about) != 0)
        return false;
    static constexpr std::array<unsigned long, 6> known{EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC,       BTRFS_SUPER_MAGIC,
                                                        F2FS_SUPER_MAGIC, OVERLAYFS_SUPER_MAGIC, TMPFS_MAGIC};
    return std::ranges::find(known, static_cast<unsigned long>(about.f_type)) != known.end();
}

/// What is read back is to come from the disk and not from our own memory: the clean pages are dropped. Then all are
/// asked for before the first is waited for, as a disk takes many requests at once.
void FileBatch::dropFromCache()
{
    for (const int advice : {POSIX_FADV_DONTNEED, POSIX_FADV_WILLNEED}) {
        for (const Item &item : m_items) {
            if (item.isPart())
                ::posix_fadvise(item.descriptor, 0, 0, advice);
        }
    }
}

Result<> FileBatch::readBack(Item &item) const
{
    const NewFile &wanted = *item.file;
    const auto bytes = readAll(item.descriptor, wanted.bytes.size());
    if (!bytes)
        return refusal(u"read back"_s, item.path, errno);
    if (*bytes != wanted.bytes)
        return Error::unavailable(u"%1 does not hold what was written to it: the disk is failing."_s.arg(item.path));
    return {};
}

Result<> FileBatch::name(Item &item) const
{
    if (::renameat(m_directory, item.temporary.constData(), m_directory, QFile::encodeName(item.file->name).constData())
        != 0)
        return refusal(u"named"_s, item.path, errno);
    item.temporary.clear();
    return {};
}

/// Also for a file that was there: who made it may have been killed before this.
void FileBatch::syncFolder()
{
    const bool isAny = std::ranges::any_of(m_items, [](const Item &item) { return item.state.has_value(); });
    if (isAny && ::fsync(m_directory) != 0)
        failAll(refusal(u"synced"_s, m_folder, errno));
}

void FileBatch::failAll(const Error &error)
{
    for (Item &item : m_items) {
        if (item.state)
            item.state = error;
    }
}

qsizetype FileBatch::partCount() const { return std::ranges::count_if(m_items, &Item::isPart); }

} // namespace quoin::bagit
