// SPDX-License-Identifier: GPL-3.0-only
#include "pluginput.h"

#include "plugincheck.h"
#include "plugins/wholefile.h"

#include <QCryptographicHash>
#include <QFile>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

Result<QByteArray> readAll(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error::unavailable(u"cannot read %1: %2"_s.arg(path, file.errorString()));
    return file.readAll();
}

/// Readable by the server's user, whoever installs; writable by the owner only, as the server demands.
constexpr mode_t rights = 0644;

} // namespace

Result<> putPlugin(const QString &folder, const CheckedPlugin &plugin)
{
    const auto bytes = readAll(plugin.file);
    if (!bytes)
        return bytes.error();
    if (QCryptographicHash::hash(*bytes, QCryptographicHash::Sha256).toHex() != plugin.sha256)
        return Error::conflict(
            u"%1 changed while it was checked: install it again when it is complete"_s.arg(plugin.file));

    const QString name = plugin.metadata->id + u".so"_s;
    const QString signatureName = name + u".sig"_s;
    const bool isSigned = QFile::exists(plugin.file + u".sig"_s);
    const auto signature = isSigned ? readAll(plugin.file + u".sig"_s) : QByteArray();
    if (!signature)
        return signature.error();
    using plugins::Durable;
    plugins::WholeFile newPlugin(folder + u'/' + name);
    plugins::WholeFile newSignature(folder + u'/' + signatureName);
    Result<> done = newPlugin.write(*bytes, rights, Durable::Yes);
    if (done && isSigned)
        done = newSignature.write(*signature, rights, Durable::Yes);
    // One right after the other, so that no look of the server comes between.
    if (done && isSigned)
        done = newSignature.arrive();
    else if (done)
        QFile::remove(folder + u'/' + signatureName);
    return done ? newPlugin.arrive() : done;
}

} // namespace quoin::server
