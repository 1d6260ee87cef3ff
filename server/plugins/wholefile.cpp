// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/wholefile.h"

#include "plugins/filedescriptor.h"

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

/// A file that is gone again unless it was kept.
class Draft
{
public:
    explicit Draft(const QByteArray &path)
        : m_path(path + ".XXXXXX")
        , m_file(::mkostemp(m_path.data(), O_CLOEXEC))
    {
    }
    ~Draft()
    {
        if (m_file.isOpen() && !m_isKept)
            ::unlink(m_path.constData());
    }
    Q_DISABLE_COPY_MOVE(Draft)

    bool isOpen() const { return m_file.isOpen(); }

    /// A write(2) that meets the end of a disk writes a part without an error; the next one says why. (QFile says
    /// "Unknown error" then.)
    bool write(QByteArrayView bytes)
    {
        while (!bytes.isEmpty()) {
            const ssize_t written = ::write(m_file.get(), bytes.data(), size_t(bytes.size()));
            if (written < 0 && errno != EINTR)
                return false;
            bytes = bytes.sliced(std::max<ssize_t>(written, 0));
        }
        return true;
    }
    bool setMode(mode_t mode) { return ::fchmod(m_file.get(), mode) == 0; }
    bool sync() { return ::fsync(m_file.get()) == 0; }

    bool keepAs(const QByteArray &path)
    {
        m_isKept = std::rename(m_path.constData(), path.constData()) == 0;
        return m_isKept;
    }

private:
    QByteArray m_path;
    FileDescriptor m_file;
    bool m_isKept = false;
};

/// The name in the folder must outlive a power cut as well as the content does (fsync(2), NOTES).
Result<> syncFolder(const QString &folder)
{
    const FileDescriptor descriptor(::open(QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor.isOpen() || ::fsync(descriptor.get()) != 0)
        return Error::unavailable(u"cannot sync %1: %2"_s.arg(folder, qt_error_string(errno)));
    return {};
}

} // namespace

Result<> writeWhole(const QString &path, const QByteArray &bytes, mode_t mode, Durable durable)
{
    const QFileInfo target(path);
    Draft draft(QFile::encodeName(target.path() + u"/."_s + target.fileName()));
    const bool isWritten = draft.isOpen() && draft.write(bytes) && draft.setMode(mode)
        && (durable == Durable::No || draft.sync()) && draft.keepAs(QFile::encodeName(path));
    if (!isWritten)
        return Error::unavailable(u"cannot write %1: %2"_s.arg(path, qt_error_string(errno)));
    return durable == Durable::No ? Result<>() : syncFolder(target.path());
}

} // namespace quoin::plugins
