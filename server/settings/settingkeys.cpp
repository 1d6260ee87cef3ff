// SPDX-License-Identifier: GPL-3.0-only
#include "settings/settingkeys.h"

#include "settings/authsettings.h"
#include "settings/databasesettings.h"
#include "settings/declare.h"
#include "settings/httpsettings.h"
#include "settings/proxysettings.h"
#include "settings/queuesettings.h"
#include "settings/settings.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QThread>

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

using enum SettingType;
using namespace declare;
constexpr qint64 second = 1000;
constexpr qint64 hour = 3600 * second;

QString dataFolder(const QMap<QString, QString> &environment)
{
    const QString base = environment.value(u"XDG_DATA_HOME"_s);
    if (base.startsWith(u'/')) // a relative one is to be ignored: XDG Base Directory Specification 0.8
        return base + u"/quoin"_s;
    const QString home = environment.value(u"HOME"_s);
    return home.isEmpty() ? u"/var/lib/quoin"_s : home + u"/.local/share/quoin"_s;
}

/// The build tree has the plugins beside the program; an installed program finds them under its prefix.
QString pluginFolder(const QString &binaryFolder)
{
    const QString beside = binaryFolder + u"/plugins"_s;
    if (QFileInfo(beside).isDir())
        return beside;
    return QDir::cleanPath(binaryFolder + u'/' + QStringLiteral(QUOIN_PLUGINS_FROM_BIN));
}

QList<SettingKey> placeKeys(const Surroundings &surroundings)
{
    const QStringList databases{u"sqlite"_s, u"postgresql"_s, u"postgresql+psycopg2"_s, u"postgres"_s};
    return {
        atStart(text(Path, u"data.dir"_s, dataFolder(surroundings.environment),
                     u"Folder of all that is kept: database, packages, plugin data."_s)),
        atStart(text(Path, u"plugins.dir"_s, pluginFolder(surroundings.binaryFolder),
                     u"Folder whose *.so files are the plugins."_s)),
        choice(u"plugins.trust"_s, u"off"_s, {u"off"_s, u"warn"_s, u"require"_s},
               u"What happens to plugins that neither a key of plugins.keys has signed nor plugins.allow lists."_s),
        text(Path, u"plugins.keys"_s, {},
             u"A PEM file, or a folder of *.pem, with the Ed25519 public keys to trust."_s),
        text(Path, u"plugins.allow"_s, {},
             u"A file of lines \"<sha256> <id>\", plugin files to trust, or \"!<sha256> <id>\", not to trust."_s),
        text(Boolean, u"plugins.upload"_s, u"false"_s,
             u"Whether who has a token with the scope admin may install plugins through the admin API."_s),
        url(u"database.url"_s, u"sqlite:///${data.dir}/quoin.db"_s, databases,
            u"sqlite:////some/file.db or postgresql://user:password@host:5432/name."_s),
    };
}

QList<SettingKey> httpKeys(int cores)
{
    return {
        atStart(text(Addresses, u"http.listen"_s, u"127.0.0.1:5000"_s,
                     u"Addresses and ports to listen on, with commas; port 0 takes a free one."_s)),
        number(Integer, u"http.workers"_s, u"1"_s, 1, 32,
               u"Processes that serve requests; a host uses more cores by more of them."_s),
        number(Integer, u"http.threads"_s, QString::number(std::max(4, 2 * cores)), 1, 1024,
               u"Threads for handlers that block, in each of these processes."_s),
        text(Boolean, u"http.server_timing"_s, u"false"_s,
             u"Whether answers tell every client what they took, in the field Server-Timing."_s),
    };
}

QList<SettingKey> processKeys()
{
    return {
        atStart(text(Addresses, u"worker.listen"_s, {},
                     u"Where \"quoin worker\" listens, for /healthz, /readyz and /metrics alone; not set: nowhere."_s)),
        choice(u"log.level"_s, u"info"_s, {u"debug"_s, u"info"_s, u"warning"_s, u"critical"_s},
               u"Least grave lines that are written."_s),
        atStart(choice(u"log.format"_s, u"auto"_s, {u"auto"_s, u"text"_s, u"json"_s},
                       u"auto: text on a terminal, else JSON lines."_s)),
        text(Boolean, u"log.requests"_s, u"true"_s, u"A line for every request."_s),
        text(Boolean, u"log.tasks"_s, u"false"_s,
             u"A line for every task that is done; without it for those that failed."_s),
        number(Duration, u"shutdown.delay"_s, u"0s"_s, 0, hour,
               u"Between turning unready and closing the door, for load balancers to notice."_s),
        number(Duration, u"shutdown.timeout"_s, u"30s"_s, 0, hour,
               u"How long requests and tasks may take to end after SIGTERM."_s),
    };
}

} // namespace

Surroundings Surroundings::here()
{
    return {processEnvironment(), QCoreApplication::applicationDirPath(), QThread::idealThreadCount()};
}

SettingSchema hostSettings(const Surroundings &surroundings)
{
    SettingSchema schema;
    for (const auto &keys : {placeKeys(surroundings), databaseKeys(), queueKeys(), httpKeys(surroundings.cores),
                             httpLimitKeys(), proxyKeys(), authKeys(), processKeys()}) {
        for (const SettingKey &key : keys) {
            const auto declared = schema.declare(key);
            Q_ASSERT_X(declared.has_value(), "hostSettings", qUtf8Printable(declared.error().message()));
        }
    }
    return schema;
}

} // namespace quoin::server
