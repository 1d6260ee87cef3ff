// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pluginstore.h"

#include "plugins/pluginfile.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryFile>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

bool hasContent(const QString &path, const QByteArray &sha256)
{
    QFile file(path);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    return !QFileInfo(path).isSymLink() && file.open(QIODevice::ReadOnly) && hash.addData(&file)
        && hash.result().toHex() == sha256;
}

/// Complete or not there at all: written beside, then renamed. Not synced: after a power cut the content is checked
/// again.
Result<> writeAtOnce(const QString &path, const QByteArray &bytes)
{
    QTemporaryFile temporary(path + u".XXXXXX"_s);
    if (!temporary.open() || temporary.write(bytes) != bytes.size() || !temporary.flush())
        return Error::unavailable(u"cannot write %1: %2"_s.arg(path, temporary.errorString()));
    temporary.setPermissions(QFileDevice::ReadOwner | QFileDevice::ExeOwner);
    // QFile::rename() does not replace; POSIX rename() does, and atomically.
    if (std::rename(QFile::encodeName(temporary.fileName()).constData(), QFile::encodeName(path).constData()) != 0)
        return Error::unavailable(u"cannot rename to %1: %2"_s.arg(path, qt_error_string(errno)));
    temporary.setAutoRemove(false);
    return {};
}

} // namespace

Result<PluginStore> PluginStore::open(const QString &folder)
{
    auto opened = SafeFolder::openPrivate(folder);
    if (!opened)
        return Error::invalid(u"the plugin store is not safe: "_s + opened.error().message());
    return PluginStore(*std::move(opened));
}

Result<QString> PluginStore::keep(const PluginFile &file) const
{
    const auto folder = SafeFolder::openPrivate(m_folder.path() + u'/' + QString::fromLatin1(file.sha256));
    if (!folder)
        return folder.error();
    const QString path = folder->path() + u'/' + file.baseName + u".so"_s;
    if (hasContent(path, file.sha256))
        return path;
    if (const auto written = writeAtOnce(path, file.bytes); !written)
        return written.error();
    return path;
}

} // namespace quoin::plugins
