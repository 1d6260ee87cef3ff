// SPDX-License-Identifier: GPL-3.0-only
#include "plugincheck.h"

#include "plugins/elffacts.h"
#include "plugins/expanding.h"
#include "plugins/gate.h"
#include "plugins/pluginstore.h"
#include "plugins/prober.h"
#include "plugins/wholefile.h"

#include <QCryptographicHash>
#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

using plugins::Phase;
using plugins::Refusal;

Refusal refusal(const QString &file, Phase phase, const QString &reason, const QString &remedy)
{
    return {file, {}, {}, phase, reason, remedy};
}

/// Reads the file, and fills what can be said of any.
std::optional<QByteArray> read(CheckedPlugin &plugin)
{
    const QFileInfo info(plugin.file);
    QFile file(plugin.file);
    if (!info.exists() || !info.isFile() || !file.open(QIODevice::ReadOnly)) {
        const QString why = !info.exists() ? u"there is no such file"_s
            : !info.isFile()               ? u"it is not a file"_s
                                           : u"it cannot be read: "_s + file.errorString();
        plugin.refusal = refusal(plugin.file, Phase::Take, why, u"name the .so file that was built"_s);
        return std::nullopt;
    }
    const QByteArray bytes = file.readAll();
    plugin.size = bytes.size();
    plugin.sha256 = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
    if (const auto facts = plugins::readElfFacts(bytes))
        plugin.builtWith = facts->abiNote;
    return bytes;
}

/// The gates at which no code runs, with a drop folder and a store of the file's own.
std::optional<plugins::AdmittedFile> admit(CheckedPlugin &plugin, const QByteArray &bytes, const QTemporaryDir &place,
                                           const plugins::Trust *trust)
{
    const QString name = QFileInfo(plugin.file).fileName();
    QDir().mkpath(place.filePath(u"dropped"_s));
    QFile::setPermissions(place.filePath(u"dropped"_s),
                          QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner);
    if (const auto copied = plugins::writeWhole(place.filePath(u"dropped/"_s + name), bytes, 0600,
                                                plugins::Durable::No);
        !copied) {
        plugin.refusal = refusal(plugin.file, Phase::Take, copied.error().message(),
                                 u"make room in %1"_s.arg(QDir::tempPath()));
        return std::nullopt;
    }
    const auto dropped = plugins::SafeFolder::open(place.filePath(u"dropped"_s));
    const auto store = plugins::PluginStore::open(place.filePath(u"store"_s));
    if (!dropped || !store) {
        plugin.refusal = refusal(plugin.file, Phase::Take, (dropped ? store.error() : dropped.error()).message(),
                                 u"point TMPDIR to a folder that only you can write to"_s);
        return std::nullopt;
    }
    Refusal why;
    auto admitted = plugins::admit(*dropped, name, *store, {}, &why, trust);
    if (admitted)
        admitted->path = plugin.file;
    else
        plugin.refusal = why;
    return admitted;
}

plugins::ProbeResult probe(const plugins::AdmittedFile &file)
{
    plugins::Prober prober;
    plugins::ProbeResult result;
    QEventLoop loop;
    prober.probe(file, [&](const plugins::ProbeResult &probed) {
        result = probed;
        loop.quit();
    });
    loop.exec();
    return result;
}

} // namespace

CheckedPlugin checkPluginFile(const QString &file, const CheckOptions &options)
{
    CheckedPlugin plugin;
    plugin.file = QFileInfo(file).absoluteFilePath();
    const QTemporaryDir place;
    const auto bytes = read(plugin);
    const auto admitted = bytes ? admit(plugin, *bytes, place, options.trust) : std::nullopt;
    if (!admitted) {
        plugin.refusal->file = plugin.file; // not that of the copy
        return plugin;
    }
    plugin.metadata = admitted->metadata;
    options.admitted();
    const plugins::ProbeResult probed = probe(*admitted);
    plugin.facts = probed.facts;
    if (!probed) {
        plugin.refusal = probed.refusal;
        return plugin;
    }
    plugin.asUpgrade = plugins::expandingFault(*plugin.facts);
    return plugin;
}

} // namespace quoin::server
