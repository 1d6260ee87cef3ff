// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/wholefile.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

QByteArray draftOf(const QString &path)
{
    const QFileInfo target(path);
    return QFile::encodeName(target.path() + u"/."_s + target.fileName() + u".XXXXXX"_s);
}

/// The name in the folder must outlive a power cut as well as the content does (fsync(2), NOTES).
Result<> syncFolder(const QString &folder)
{
    const FileDescriptor descriptor(::open(QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor.isOpen() || ::fsync(descriptor.get()) != 0)
        return Error::unavailable(u"cannot sync %1: %2"_s.arg(folder, qt_error_string(errno)));
    return {};
}

} // namespace

WholeFile::WholeFile(QString path)
    : m_path(std::move(path))
{
}

WholeFile::~WholeFile()
{
    if (m_file.isOpen() && !m_hasArrived)
        ::unlink(m_draft.constData());
}

Result<> WholeFile::write(const QByteArray &bytes, mode_t mode, Durable durable)
{
    m_draft = draftOf(m_path);
    m_file = FileDescriptor(::mkostemp(m_draft.data(), O_CLOEXEC));
    const bool isWritten = m_file.isOpen() && writeAll(bytes) && ::fchmod(m_file.get(), mode) == 0
        && (durable == Durable::No || ::fsync(m_file.get()) == 0);
    return isWritten ? Result<>() : failed();
}

/// A write(2) that meets the end of a disk writes a part without an error; the next one says why. (QFile says "Unknown
/// error" then.)
bool WholeFile::writeAll(QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t written = ::write(m_file.get(), bytes.data(), size_t(bytes.size()));
        if (written < 0 && errno != EINTR)
            return false;
        bytes = bytes.sliced(std::max<ssize_t>(written, 0));
    }
    return true;
}

Result<> WholeFile::arrive()
{
    m_hasArrived = std::rename(m_draft.constData(), QFile::encodeName(m_path).constData()) == 0;
    return m_hasArrived ? Result<>() : failed();
}

Error WholeFile::failed() const
{
    return Error::unavailable(u"cannot write %1: %2"_s.arg(m_path, qt_error_string(errno)));
}

Result<> writeWhole(const QString &path, const QByteArray &bytes, mode_t mode, Durable durable)
{
    WholeFile file(path);
    Result<> done = file.write(bytes, mode, durable);
    if (done)
        done = file.arrive();
    return done && durable == Durable::Yes ? syncFolder(QFileInfo(path).path()) : done;
}

} // namespace quoin::plugins
