// SPDX-License-Identifier: GPL-3.0-only
#include "settings/settingkeys.h"

#include "settings/databasesettings.h"
#include "settings/httpsettings.h"
#include "settings/settings.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QThread>

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

using enum SettingType;
constexpr qint64 second = 1000;
constexpr qint64 hour = 3600 * second;
constexpr qint64 day = 24 * hour;

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

SettingKey text(SettingType type, const QString &key, const QString &byDefault, const QString &help)
{
    return {.key = key, .type = type, .defaultText = byDefault, .help = help, .mayBeEmpty = byDefault.isEmpty()};
}

SettingKey choice(const QString &key, const QString &byDefault, const QStringList &choices, const QString &help)
{
    return {.key = key, .type = Choice, .defaultText = byDefault, .help = help, .choices = choices};
}

/// schemes: the first is the one to write, the others are understood.
SettingKey url(const QString &key, const QString &byDefault, const QStringList &schemes, const QString &help)
{
    SettingKey made = text(Url, key, byDefault, help);
    made.choices = schemes;
    return made;
}

SettingKey number(SettingType type, const QString &key, const QString &byDefault, qint64 least, qint64 most,
                  const QString &help)
{
    return {.key = key, .type = type, .defaultText = byDefault, .help = help, .least = least, .most = most};
}

QList<SettingKey> placeKeys(const Surroundings &surroundings)
{
    const QStringList databases{u"sqlite"_s, u"postgresql"_s, u"postgresql+psycopg2"_s, u"postgres"_s};
    return {
        text(Path, u"data.dir"_s, dataFolder(surroundings.environment),
             u"Folder of all that is kept: database, packages, plugin data."_s),
        url(u"redis.url"_s, {}, {u"redis"_s, u"rediss"_s},
            u"Redis for counters; not set: counters live in the database."_s),
        text(Path, u"plugins.dir"_s, pluginFolder(surroundings.binaryFolder),
             u"Folder whose *.so files are the plugins."_s),
        choice(u"plugins.trust"_s, u"off"_s, {u"off"_s, u"warn"_s, u"require"_s},
               u"What happens to plugins that neither a key of plugins.keys has signed nor plugins.allow lists."_s),
        text(Path, u"plugins.keys"_s, {},
             u"A PEM file, or a folder of *.pem, with the Ed25519 public keys to trust."_s),
        text(Path, u"plugins.allow"_s, {}, u"A file of lines \"<sha256> <id>\": single plugin files to trust."_s),
        url(u"database.url"_s, u"sqlite:///${data.dir}/quoin.db"_s, databases,
            u"sqlite:////some/file.db or postgresql://user:password@host:5432/name."_s),
    };
}

QList<SettingKey> queueKeys()
{
    return {
        url(u"queue.url"_s, {}, {u"redis"_s, u"rediss"_s},
            u"Celery's broker, such as redis://host:6379/0; not set: tasks live in the database."_s),
        url(u"queue.results"_s, {}, {u"redis"_s, u"rediss"_s},
            u"Where the results of Celery tasks go; only with queue.url."_s),
        number(Integer, u"queue.concurrency"_s, u"2"_s, 0, 1024,
               u"Tasks that run at once in each process that runs tasks; 0: none run here."_s),
        number(Integer, u"queue.workers"_s, u"0"_s, 0, 32,
               u"Processes that run tasks and nothing else; 0: the first that serves requests runs them too."_s),
        number(Duration, u"queue.lease"_s, u"10s"_s, second, hour,
               u"A task whose worker has not renewed its claim for so long is run by another."_s),
        number(Duration, u"queue.poll"_s, u"2s"_s, 50, hour, u"How often to look for tasks that nobody announced."_s),
        number(Duration, u"queue.keep_done"_s, u"7d"_s, 0, 3650 * day,
               u"How long finished tasks stay in the history."_s),
        number(Integer, u"queue.keep_count"_s, u"100000"_s, 0, 1'000'000'000,
               u"How many finished tasks stay in the history."_s),
    };
}

QList<SettingKey> httpKeys(int cores)
{
    return {
        text(Addresses, u"http.listen"_s, u"127.0.0.1:5000"_s,
             u"Addresses and ports to listen on, with commas; port 0 takes a free one."_s),
        number(Integer, u"http.workers"_s, u"1"_s, 1, 32,
               u"Processes that serve requests; a host uses more cores by more of them."_s),
        number(Integer, u"http.threads"_s, QString::number(std::max(4, 2 * cores)), 1, 1024,
               u"Threads for handlers that block, in each of these processes."_s),
    };
}

QList<SettingKey> processKeys()
{
    return {
        choice(u"log.level"_s, u"info"_s, {u"debug"_s, u"info"_s, u"warning"_s, u"critical"_s},
               u"Least grave lines that are written."_s),
        choice(u"log.format"_s, u"auto"_s, {u"auto"_s, u"text"_s, u"json"_s},
               u"auto: text on a terminal, else JSON lines."_s),
        text(Boolean, u"log.requests"_s, u"true"_s, u"A line for every request."_s),
        text(Boolean, u"auth.anonymous_writes"_s, u"false"_s, u"Let anybody write when listening beyond this host."_s),
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
                             httpLimitKeys(), processKeys()}) {
        for (const SettingKey &key : keys) {
            const auto declared = schema.declare(key);
            Q_ASSERT_X(declared.has_value(), "hostSettings", qUtf8Printable(declared.error().message()));
        }
    }
    return schema;
}

} // namespace quoin::server
