// SPDX-License-Identifier: GPL-3.0-only
#include "auth/admintoken.h"

#include "auth/authlog.h"
#include "auth/scopes.h"
#include "posix/filedescriptor.h"

#include <QFile>
#include <QSysInfo>

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace quoin::auth {

namespace {

constexpr mode_t ownerOnly = 0600;

Error failed(const QString &path)
{
    return Error::unavailable(u"the file %1 cannot be written: %2"_s.arg(path, qt_error_string(errno)));
}

/// Nothing if it is not there, is a link, or holds no token. Closes it to others if they may read it.
std::optional<TokenText> read(const QString &path)
{
    const FileDescriptor file(::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat about = {};
    if (!file.isOpen() || ::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode) || about.st_uid != ::geteuid())
        return std::nullopt;
    if ((about.st_mode & 0077) != 0) {
        qCWarning(lcAuth).noquote() << "others could read" << path << "- revoke its token if that matters";
        ::fchmod(file.get(), ownerOnly);
    }
    char bytes[256];
    const ssize_t size = ::read(file.get(), bytes, sizeof bytes);
    return size > 0 ? TokenText::parse(QByteArray(bytes, size).trimmed()) : std::nullopt;
}

/// Written beside its place and renamed: nobody ever reads half of it.
Result<> write(const QString &path, const QByteArray &text)
{
    const QByteArray place = QFile::encodeName(path);
    const QByteArray draft = place + ".draft"; // ours alone, under the lock
    ::unlink(draft.constData());
    const FileDescriptor file(
        ::open(draft.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, ownerOnly));
    const QByteArray line = text + '\n';
    if (file.isOpen() && ::fchmod(file.get(), ownerOnly) == 0 && ::write(file.get(), line, line.size()) == line.size()
        && ::fsync(file.get()) == 0 && ::rename(draft.constData(), place.constData()) == 0)
        return {};
    const Error error = failed(path);
    ::unlink(draft.constData());
    return error;
}

Result<bool> isGood(const TokenStore &store, const TokenText &text, qint64 now)
{
    const auto row = store.find(text.hash()).result();
    if (!row)
        return row.error();
    return *row && (*row)->isLive(now) && includes((*row)->scopes, u"admin"_s);
}

} // namespace

QString adminTokenFile(const QString &dataFolder) { return dataFolder + u"/admin.token"_s; }

Result<> provideAdminToken(const TokenStore &store, const QString &dataFolder, qint64 now)
{
    const QString path = adminTokenFile(dataFolder);
    const FileDescriptor folder(::open(QFile::encodeName(dataFolder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.isOpen() || ::flock(folder.get(), LOCK_EX) != 0) // until the end of this function, or of the process
        return failed(path);
    if (const auto text = read(path)) {
        const auto good = isGood(store, *text, now);
        if (!good || *good)
            return good ? Result<>() : good.error();
    }
    NewToken token{u"admin.token %1:%2"_s.arg(QSysInfo::machineHostName(), dataFolder).left(200), {u"admin"_s}, {}};
    token.replaces = true;
    const auto made = store.create(token, now).result();
    if (!made)
        return made.error();
    if (const auto written = write(path, made->text.text()); !written)
        return written;
    ::fsync(folder.get());
    qCInfo(lcAuth).noquote().nospace() << "admin token written file=\"" << path << "\" id=" << made->row.id;
    return {};
}

} // namespace quoin::auth
