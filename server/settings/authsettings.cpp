// SPDX-License-Identifier: GPL-3.0-only
#include "settings/authsettings.h"

#include "auth/scopes.h"
#include "settings/declare.h"
#include "settings/listenaddress.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

/// The first address that other hosts can reach; empty if there is none.
QString reachable(const Settings &settings)
{
    const auto addresses = parseListenAddresses(settings.text(u"http.listen"_s));
    if (!addresses)
        return {};
    const auto found = std::find_if(addresses->begin(), addresses->end(),
                                    [](const ListenAddress &address) { return !address.host.isLoopback(); });
    return found == addresses->end() ? QString() : found->toString();
}

} // namespace

QList<SettingKey> authKeys()
{
    return {
        declare::text(SettingType::Boolean, u"auth.anonymous_reads"_s, u"true"_s,
                      u"Let anybody read (scopes that end in :read) without a token."_s),
        declare::choice(u"auth.anonymous_writes"_s, u"loopback"_s, {u"loopback"_s, u"true"_s, u"false"_s},
                        u"Who may write without a token: loopback, while only this host can connect; true, anybody; "
                        "false, nobody."_s),
    };
}

AuthPolicy AuthPolicy::of(const Settings &settings)
{
    const QString writes = settings.text(u"auth.anonymous_writes"_s);
    return {settings.isOn(u"auth.anonymous_reads"_s),
            writes == u"true"_s || (writes == u"loopback"_s && reachable(settings).isEmpty())};
}

bool AuthPolicy::isOpen(const QString &scope) const
{
    if (scope.isEmpty())
        return true;
    if (auth::isAdminScope(scope))
        return false;
    return auth::isReadingScope(scope) ? anonymousReads : anonymousWrites;
}

std::optional<QString> openDoor(const Settings &settings)
{
    const QString address = reachable(settings);
    if (address.isEmpty() || settings.text(u"auth.anonymous_writes"_s) == u"true"_s)
        return std::nullopt;
    return u"%1: http.listen = \"%2\" can be reached from other hosts, and there is no token that may write; make one "
           "with \"quoin token create --name NAME --scope records:write\", or set auth.anonymous_writes=true if "
           "anybody there may write, else listen on 127.0.0.1"_s.arg(settings.at(u"http.listen"_s).origin, address);
}

} // namespace quoin::server
