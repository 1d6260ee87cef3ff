// SPDX-License-Identifier: GPL-3.0-only
#include "plugincheck.h"
#include "plugincommand.h"
#include "pluginverdict.h"

#include "plugins/pluginfile.h"
#include "plugins/safefolder.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryFile>
#include <QTextStream>

#include <cerrno>
#include <cstdio>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

/// Complete or not there at all: a dot-file, which no server looks at, then renamed. Readable by the server's user,
/// whoever installs; writable by the owner only, as the server demands.
Result<> put(const QString &folder, const QString &name, const QByteArray &bytes)
{
    QTemporaryFile temporary(folder + u"/."_s + name + u".XXXXXX"_s);
    const auto failed = [&](const QString &why) {
        return Error::unavailable(u"cannot write %1/%2: %3"_s.arg(folder, name, why));
    };
    if (!temporary.open() || temporary.write(bytes) != bytes.size() || !temporary.flush())
        return failed(temporary.errorString());
    temporary.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ReadGroup
                             | QFileDevice::ReadOther);
    if (::fsync(temporary.handle()) != 0)
        return failed(qt_error_string(errno));
    const QString target = folder + u'/' + name;
    if (std::rename(QFile::encodeName(temporary.fileName()).constData(), QFile::encodeName(target).constData()) != 0)
        return failed(qt_error_string(errno));
    temporary.setAutoRemove(false);
    return {};
}

Result<QByteArray> readAll(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error::unavailable(u"cannot read %1: %2"_s.arg(path, file.errorString()));
    return file.readAll();
}

/// The signature first, so that it is there when the plugin is looked at.
Result<> putBoth(const QString &folder, const CheckedPlugin &plugin)
{
    const QString name = plugin.metadata->id + u".so"_s;
    const auto bytes = readAll(plugin.file);
    if (!bytes)
        return bytes.error();
    if (QCryptographicHash::hash(*bytes, QCryptographicHash::Sha256).toHex() != plugin.sha256)
        return Error::conflict(
            u"%1 changed while it was checked: install it again when it is complete"_s.arg(plugin.file));
    const QString signature = plugin.file + u".sig"_s;
    if (QFile::exists(signature)) {
        const auto signatureBytes = readAll(signature);
        if (!signatureBytes)
            return signatureBytes.error();
        if (const auto written = put(folder, name + u".sig"_s, *signatureBytes); !written)
            return written;
    } else {
        QFile::remove(folder + u'/' + name + u".sig"_s); // of another version
    }
    return put(folder, name, *bytes);
}

} // namespace

int installPlugin(const PluginPlace &place, const QString &file, const PluginOutput &to)
{
    const CheckedPlugin plugin = checkPluginFile(file);
    if (!plugin.isGood()) {
        to.err << checkAsText(plugin) << "nothing was installed" << Qt::endl;
        return 1;
    }
    const QString id = plugin.metadata->id;
    const PluginNews news(place, {id, plugin.sha256});
    const auto folder = plugins::SafeFolder::open(place.folder());
    const auto written = folder ? putBoth(folder->path(), plugin) : Result<>(folder.error());
    if (!written) {
        to.err << "quoin: " << written.error().message() << "\nnothing was installed" << Qt::endl;
        return 1;
    }
    const auto verdict = awaitVerdict(place, to.patience, news);
    return tell(verdict, u"%1 %2 is installed"_s.arg(id, plugin.metadata->version.toString()), to);
}

int removePlugin(const PluginPlace &place, const QString &id, const PluginOutput &to)
{
    const auto status = place.status();
    if (const auto known = place.expect(id, status ? *status : plugins::HostStatus()); !known)
        return fail(known.error(), to);
    QFile file(place.file(id));
    if (!file.remove() && file.exists())
        return fail(Error::unavailable(u"cannot remove %1: %2"_s.arg(file.fileName(), file.errorString())), to);
    QFile::remove(file.fileName() + u".sig"_s);
    const auto verdict = awaitVerdict(place, to.patience, [&](const plugins::HostStatus &now) {
        const plugins::PluginStatus *const plugin = now.plugin(id);
        const bool isGone = !plugin || plugin->current.state == plugins::PluginState::Gone;
        return isGone ? std::optional(PluginVerdict{true, id + u" is removed"_s}) : std::nullopt;
    });
    return tell(verdict, id + u" is removed"_s, to);
}

} // namespace quoin::server
