// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/storefile.h"

#include "bagit/digest.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

namespace {

constexpr auto temporaryPrefix = ".quoin-part-";

class Descriptor
{
public:
    explicit Descriptor(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    ~Descriptor()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    Q_DISABLE_COPY_MOVE(Descriptor)

    operator int() const { return m_descriptor; }

private:
    int m_descriptor;
};

/// A name that is removed again unless it was renamed away.
class TemporaryName
{
public:
    explicit TemporaryName(const QString &folder)
        : path(u"%1/%2%3"_s.arg(folder, QLatin1StringView(temporaryPrefix))
                   .arg(QRandomGenerator::system()->generate64(), 16, 16, QChar(u'0')))
        , encoded(QFile::encodeName(path))
    {
    }
    ~TemporaryName()
    {
        if (!wasRenamed)
            ::unlink(encoded.constData());
    }
    Q_DISABLE_COPY_MOVE(TemporaryName)

    const QString path;
    const QByteArray encoded;
    bool wasRenamed = false;
};

Error refusal(const QString &verb, const QString &path, int code)
{
    const QString reason = QString::fromLocal8Bit(std::strerror(code));
    switch (code) {
    case ENOSPC:
    case EDQUOT:
        return Error::unavailable(u"%1 cannot be %2: %3. Free some space there."_s.arg(path, verb, reason));
    case EACCES:
    case EPERM:
    case EROFS:
        return Error::unavailable(
            u"%1 cannot be %2: %3. Give this user the right to write there."_s.arg(path, verb, reason));
    case ENOENT:
        return Error::unavailable(u"%1 cannot be %2: its folder is not there."_s.arg(path, verb));
    default:
        return Error::unavailable(u"%1 cannot be %2: %3."_s.arg(path, verb, reason));
    }
}

Result<> writeAll(int descriptor, const QString &path, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), static_cast<std::size_t>(bytes.size()));
        if (count < 0 && errno != EINTR)
            return refusal(u"written"_s, path, errno);
        bytes = bytes.sliced(std::max<ssize_t>(count, 0));
    }
    return {};
}

/// Whether a descriptor's file holds exactly these bytes; -1 with errno if it cannot be read.
int holds(int descriptor, QByteArrayView bytes)
{
    std::array<char, 64 * 1024> buffer;
    for (;;) {
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        if (count == 0)
            return bytes.isEmpty();
        if (count > bytes.size() || std::memcmp(buffer.data(), bytes.data(), static_cast<std::size_t>(count)) != 0)
            return 0;
        bytes = bytes.sliced(count);
    }
}

bool isThere(const QString &path, const QByteArray &bytes)
{
    const Descriptor file(::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    return file >= 0 && holds(file, bytes) == 1;
}

Result<> writeSynced(const TemporaryName &name, const QByteArray &bytes)
{
    const Descriptor file(::open(name.encoded.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
    if (file < 0)
        return refusal(u"made"_s, name.path, errno);
    if (const auto written = writeAll(file, name.path, bytes); !written)
        return written;
    if (::fsync(file) != 0)
        return refusal(u"synced"_s, name.path, errno);
    // Clean pages are dropped, so that what is read back comes from the disk and not from our own memory.
    ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    return {};
}

Result<> compare(const QString &path, const QByteArray &bytes)
{
    const Descriptor file(::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC));
    const int same = file < 0 ? -1 : holds(file, bytes);
    if (same < 0)
        return refusal(u"read back"_s, path, errno);
    if (same == 0)
        return Error::unavailable(u"%1 does not hold what was written to it: the disk is failing."_s.arg(path));
    return {};
}

Result<> syncFolder(const QString &folder)
{
    const Descriptor directory(::open(QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory < 0 || ::fsync(directory) != 0)
        return refusal(u"synced"_s, folder, errno);
    return {};
}

Result<> replace(const QString &folder, const QString &path, const QByteArray &bytes, const FileCheck &check)
{
    TemporaryName temporary(folder);
    if (const auto written = writeSynced(temporary, bytes); !written)
        return written;
    if (const auto compared = compare(temporary.path, bytes); !compared)
        return compared;
    if (const auto checked = check(temporary.path); !checked)
        return checked;
    if (::rename(temporary.encoded.constData(), QFile::encodeName(path).constData()) != 0)
        return refusal(u"named"_s, path, errno);
    temporary.wasRenamed = true;
    return {};
}

} // namespace

Result<StoredFile> storeFile(const QString &folder, const QString &name, const QByteArray &bytes,
                             const FileCheck &check)
{
    const QString path = folder + u'/' + name;
    const auto stored = isThere(path, bytes) ? check(path) : replace(folder, path, bytes, check);
    if (!stored)
        return stored.error();
    // Also for a file that was there: who made it may have been killed before this.
    if (const auto synced = syncFolder(folder); !synced)
        return synced.error();
    return StoredFile{path, bytes.size(), digestOf(Algorithm::Sha256, bytes)};
}

Result<> prepareFolder(const QString &folder)
{
    const QFile::Permissions ours = QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadGroup
        | QFile::ExeGroup;
    if (!QDir(folder).exists()) {
        if (!QDir().mkpath(QFileInfo(folder).absolutePath()) || (!QDir().mkdir(folder, ours) && !QDir(folder).exists()))
            return Error::unavailable(
                u"The folder %1 cannot be made: %2."_s.arg(folder, QString::fromLocal8Bit(std::strerror(errno))));
    }
    const TemporaryName trial(folder);
    const Descriptor file(::open(trial.encoded.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file < 0)
        return refusal(u"written to"_s, folder, errno);
    return {};
}

int removeLeftovers(const QString &folder, std::chrono::seconds age)
{
    static const QRegularExpression ours(
        u"^%1[0-9a-f]{16}$"_s.arg(QRegularExpression::escape(QLatin1StringView(temporaryPrefix))));
    const QDateTime before = QDateTime::currentDateTimeUtc().addSecs(-age.count());
    int removed = 0;
    const auto files = QDir(folder).entryInfoList({QLatin1StringView(temporaryPrefix) + u'*'},
                                                  QDir::Files | QDir::Hidden);
    for (const QFileInfo &file : files) {
        if (ours.match(file.fileName()).hasMatch() && file.lastModified() < before && QFile::remove(file.filePath()))
            ++removed;
    }
    return removed;
}

} // namespace quoin::bagit
