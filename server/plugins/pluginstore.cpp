// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pluginstore.h"

#include "plugins/pluginfile.h"
#include "plugins/wholefile.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>

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
    // Not durable: its content is compared with its hash whenever it is kept again.
    if (const auto written = writeWhole(path, file.bytes, 0500, Durable::No); !written)
        return written.error();
    return path;
}

} // namespace quoin::plugins
