// SPDX-License-Identifier: GPL-3.0-only
#include "settings/settingrules.h"

#include "settings/databasesettings.h"
#include "settings/listenaddress.h"
#include "settings/queuesettings.h"

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

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
    QStringList refused = idleDatabaseSettings(settings) + refusedQueueSettings(settings);
    refuseOpenDoor(settings, refused);
    return refused;
}

} // namespace quoin::server
