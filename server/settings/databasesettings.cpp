// SPDX-License-Identifier: GPL-3.0-only
#include "settings/databasesettings.h"

#include "settings/settingvalue.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

using enum SettingType;

const QString readers = u"database.readers"_s;
const QString writers = u"database.writers"_s;
const QString maxWaiting = u"database.max_waiting"_s;
const QString busyTimeout = u"database.busy_timeout"_s;
const QString checkTimeout = u"database.check_timeout"_s;

SettingKey tunable(SettingType type, const QString &key, qint64 byDefault, qint64 least, qint64 most,
                   const QString &help)
{
    return {.key = key,
            .type = type,
            .defaultText = writtenNumber(type, byDefault),
            .help = help,
            .least = least,
            .most = most,
            .mayBeEmpty = false};
}

bool isSqlite(const QString &url) { return url.startsWith(u"sqlite"_s, Qt::CaseInsensitive); }

bool saysTimeout(const QString &url)
{
    const QStringList options = url.section(u'?', 1).split(u'&');
    return std::ranges::any_of(options, [](const QString &option) { return option.startsWith(u"timeout="_s); });
}

QString refusal(const Setting &setting, const QString &why)
{
    return u"%1: %2 = \"%3\" would be ignored: %4"_s.arg(setting.origin, setting.key.key, setting.text, why);
}

} // namespace

QList<SettingKey> databaseKeys()
{
    const database::DatabaseOptions defaults;
    return {
        tunable(Integer, readers, defaults.readers, 0, 256,
                u"Connections of each process for reading; 0: 2 on SQLite, 4 on PostgreSQL."_s),
        tunable(Integer, writers, defaults.writers, 0, 256,
                u"Connections of each process for writing to PostgreSQL; 0: 4. SQLite has one."_s),
        tunable(Integer, maxWaiting, static_cast<qint64>(defaults.queueLimit), 16, 1'000'000,
                u"Database jobs that may wait to read, and as many to write; one more is a 503."_s),
        tunable(Duration, busyTimeout, defaults.busyTimeout.count(), 0, 3'600'000,
                u"SQLite: how long to wait for another process that is writing, then 503."_s),
        tunable(Duration, checkTimeout, defaults.checkTimeout.count(), 10, 60'000,
                u"How long /readyz waits for the database."_s),
    };
}

database::DatabaseOptions databaseOptions(const Settings &settings)
{
    database::DatabaseOptions options;
    options.readers = static_cast<int>(settings.integer(readers));
    options.writers = static_cast<int>(settings.integer(writers));
    options.queueLimit = static_cast<std::size_t>(settings.integer(maxWaiting));
    options.busyTimeout = settings.duration(busyTimeout);
    options.checkTimeout = settings.duration(checkTimeout);
    return options;
}

QStringList idleDatabaseSettings(const Settings &settings)
{
    QStringList idle;
    const QString url = settings.text(u"database.url"_s);
    const Setting &busy = settings.at(busyTimeout);
    if (isSqlite(url) && settings.integer(writers) > 1)
        idle += refusal(settings.at(writers), u"SQLite has one writer; unset it, or use PostgreSQL"_s);
    if (!isSqlite(url) && !busy.isDefault())
        idle += refusal(busy, u"it is for SQLite, and database.url names PostgreSQL; unset it"_s);
    if (isSqlite(url) && saysTimeout(url) && !busy.isDefault())
        idle += refusal(busy, u"the timeout in database.url counts; set one of the two"_s);
    return idle;
}

} // namespace quoin::server
