// SPDX-License-Identifier: GPL-3.0-only
#include "pluginground.h"

#include <QDir>
#include <QFile>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace quoin::test {
namespace {

constexpr auto ownerOnly = QFileDevice::ReadOwner | QFileDevice::WriteOwner;

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(path));
    return file.readAll();
}

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.setPermissions(ownerOnly))
        qFatal("cannot write %s", qPrintable(path));
}

} // namespace

PluginGround::PluginGround()
{
    QDir().mkpath(folder());
    QFile::setPermissions(folder(), ownerOnly | QFileDevice::ExeOwner); // whatever the umask
    m_server.set(u"plugins.dir"_s, folder());
    m_server.set(u"log.requests"_s, u"false"_s);
    m_server.set(u"log.format"_s, u"text"_s);
}

QByteArray PluginGround::built(const QString &id, const QString &version)
{
    const QString files = QStringLiteral(QUOIN_TEST_PLUGINS "/");
    return bytesOf(version.isEmpty() ? files + id + u".so"_s : files + u"versions/"_s + version + u"/changing.so"_s);
}

void PluginGround::drop(const QString &id, const QByteArray &bytes) const
{
    const QString partial = folder() + u"/."_s + id + u".partial"_s;
    write(partial, bytes);
    if (std::rename(qPrintable(partial), qPrintable(file(id))) != 0)
        qFatal("cannot rename %s", qPrintable(partial));
}

void PluginGround::copyOver(const QString &id, const QByteArray &bytes) const { write(file(id), bytes); }

void PluginGround::remove(const QString &id) const
{
    if (!QFile::remove(file(id)))
        qFatal("cannot remove %s", qPrintable(file(id)));
}

void PluginGround::dropShipped() const
{
    const QDir shipped(QStringLiteral(QUOIN_SHIPPED_PLUGINS));
    for (const QString &id : {u"counter"_s, u"records"_s, u"sip"_s})
        drop(id, bytesOf(shipped.filePath(id + u".so"_s)));
}

qsizetype PluginGround::lines(const QByteArrayList &parts) const
{
    const QByteArrayList all = m_server.output().split('\n');
    return std::count_if(all.begin(), all.end(), [&](const QByteArray &line) {
        return std::all_of(parts.begin(), parts.end(), [&](const QByteArray &part) { return line.contains(part); });
    });
}

} // namespace quoin::test
