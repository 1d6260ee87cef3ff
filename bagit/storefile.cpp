// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/storefile.h"

#include "bagit/filebatch.h"
#include "bagit/posixfile.h"
#include "bagit/temporaryname.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QRegularExpression>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace quoin::bagit {

using namespace Qt::StringLiterals;

QList<Result<StoredFile>> storeFiles(const QString &folder, const QList<NewFile> &files)
{
    return FileBatch(folder, files).store();
}

Result<StoredFile> storeFile(const QString &folder, const NewFile &file) { return storeFiles(folder, {file}).first(); }

Result<> prepareFolder(const QString &folder)
{
    const QFile::Permissions ours = QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadGroup
        | QFile::ExeGroup;
    if (!QDir(folder).exists()) {
        if (!QDir().mkpath(QFileInfo(folder).absolutePath()) || (!QDir().mkdir(folder, ours) && !QDir(folder).exists()))
            return Error::unavailable(
                u"The folder %1 cannot be made: %2."_s.arg(folder, QString::fromLocal8Bit(std::strerror(errno))));
    }
    const QByteArray trial = QFile::encodeName(folder) + '/' + temporaryName();
    const Descriptor file(::open(trial.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file < 0)
        return refusal(u"written to"_s, folder, errno);
    ::unlink(trial.constData());
    return {};
}

int removeLeftovers(const QString &folder, std::chrono::seconds age)
{
    const QString prefix = QString::fromLatin1(temporaryPrefix);
    const QRegularExpression ours(u"^%1[0-9a-f]{16}$"_s.arg(QRegularExpression::escape(prefix)));
    const QDateTime before = QDateTime::currentDateTimeUtc().addSecs(-age.count());
    int removed = 0;
    const auto files = QDir(folder).entryInfoList({prefix + u'*'}, QDir::Files | QDir::Hidden);
    for (const QFileInfo &file : files) {
        if (ours.match(file.fileName()).hasMatch() && file.lastModified() < before && QFile::remove(file.filePath()))
            ++removed;
    }
    return removed;
}

} // namespace quoin::bagit
