// SPDX-License-Identifier: GPL-3.0-only
#include "settings/settingrules.h"

#include "settings/databasesettings.h"
#include "settings/listenaddress.h"

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

/// A setting that is never ignored in silence: whoever set it counts on it.
void refuseRedis(const Settings &settings, QStringList &refused)
{
    for (const QString &key : {u"redis.url"_s, u"queue.url"_s, u"queue.results"_s}) {
        if (settings.text(key).isEmpty())
            continue;
        refused.append(
            u"%1: %2 is set, but this build does not support Redis; unset it to keep counters and tasks in the database"_s
                .arg(settings.at(key).origin, key));
    }
}

void refuseOpenDoor(const Settings &settings, QStringList &refused)
{
    const auto addresses = parseListenAddresses(settings.text(u"http.listen"_s));
    if (!addresses || settings.isOn(u"auth.anonymous_writes"_s))
        return;
    for (const ListenAddress &address : *addresses) {
        if (address.host.isLoopback())
            continue;
        refused.append(u"%1: http.listen = \"%2\" can be reached from other hosts, and anybody there could write; set "
                       "auth.anonymous_writes=true if that is meant, else listen on 127.0.0.1"_s.arg(
                           settings.at(u"http.listen"_s).origin, address.toString()));
    }
}

} // namespace

QStringList refusedSettings(const Settings &settings)
{
    QStringList refused = idleDatabaseSettings(settings);
    refuseRedis(settings, refused);
    refuseOpenDoor(settings, refused);
    return refused;
}

} // namespace quoin::server
