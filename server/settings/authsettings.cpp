// SPDX-License-Identifier: GPL-3.0-only
#include "settings/authsettings.h"

#include "auth/scopes.h"
#include "settings/declare.h"
#include "settings/listenaddress.h"
#include "settings/proxysettings.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

/// Why clients of other hosts may come, with the setting that says so; empty if they cannot.
QString wayIn(const Settings &settings, const QString &listening)
{
    const auto addresses = parseListenAddresses(settings.text(listening));
    if (!addresses)
        return {};
    const auto found = std::find_if(addresses->begin(), addresses->end(),
                                    [](const ListenAddress &address) { return !address.host.isLoopback(); });
    if (found != addresses->end())
        return u"%1: %2 = \"%3\" can be reached from other hosts"_s.arg(settings.at(listening).origin, listening,
                                                                        found->toString());
    const auto proxies = proxiesOf(settings);
    if (!proxies || proxies->isEmpty())
        return {};
    const Setting &named = settings.at(u"http.proxies"_s);
    return u"%1: http.proxies = \"%2\" let in clients of other hosts"_s.arg(named.origin, named.text);
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
        declare::choice(u"auth.anonymous_metrics"_s, u"loopback"_s, {u"loopback"_s, u"true"_s, u"false"_s},
                        u"Who may see /metrics without a token: loopback, while only this host can connect; true, "
                        "anybody; false, nobody."_s),
    };
}

AuthPolicy AuthPolicy::of(const Settings &settings, const QString &listening)
{
    const bool isLoopback = wayIn(settings, listening).isEmpty();
    const auto isOpen = [&](const QString &key) {
        const QString who = settings.text(key);
        return who == u"true"_s || (who == u"loopback"_s && isLoopback);
    };
    return {settings.isOn(u"auth.anonymous_reads"_s), isOpen(u"auth.anonymous_writes"_s),
            isOpen(u"auth.anonymous_metrics"_s)};
}

bool AuthPolicy::isOpen(const QString &scope) const
{
    if (scope.isEmpty())
        return true;
    if (auth::isAdminScope(scope))
        return false;
    if (scope == u"metrics:read"_s)
        return anonymousMetrics;
    return auth::isReadingScope(scope) ? anonymousReads : anonymousWrites;
}

std::optional<QString> openDoor(const Settings &settings)
{
    const QString why = wayIn(settings, u"http.listen"_s);
    if (why.isEmpty() || settings.text(u"auth.anonymous_writes"_s) == u"true"_s)
        return std::nullopt;
    return why
        + u", and there is no token that may write; make one with \"quoin token create --name NAME --scope "
          "records:write\", or set auth.anonymous_writes=true if anybody there may write, else listen on 127.0.0.1"_s;
}

} // namespace quoin::server
