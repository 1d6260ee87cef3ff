// SPDX-License-Identifier: GPL-3.0-only
#include "settings/proxysettings.h"

#include "settings/declare.h"

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

const QString protocol = u"http.proxy_protocol"_s;
const QString proxies = u"http.proxies"_s;

bool isRequired(const Settings &settings) { return settings.text(protocol) == u"required"_s; }

QString refusal(const Setting &setting, const QString &why)
{
    return u"%1: %2 = \"%3\"%4"_s.arg(setting.origin, setting.key.key, setting.text, why);
}

} // namespace

QList<SettingKey> proxyKeys()
{
    return {
        declare::choice(protocol, u"off"_s, {u"off"_s, u"required"_s},
                        u"Whether the connections of http.proxies begin with a PROXY protocol header (version 1 or 2), "
                        "which says who the client is. Required: they are closed without. Those of others never do."_s),
        declare::text(SettingType::String, proxies, {},
                      u"Proxies in front of this server: addresses and networks such as 10.0.0.0/8, with commas."_s),
    };
}

Result<http::Proxies> proxiesOf(const Settings &settings)
{
    return isRequired(settings) ? http::Proxies::parse(settings.text(proxies)) : http::Proxies();
}

QStringList refusedProxySettings(const Settings &settings)
{
    const Setting &named = settings.at(proxies);
    const bool areNamed = !settings.text(proxies).trimmed().isEmpty();
    if (const auto parsed = http::Proxies::parse(settings.text(proxies)); !parsed)
        return {refusal(named, u": "_s + parsed.error().message())};
    if (isRequired(settings) && !areNamed)
        return {refusal(settings.at(protocol), u" wants http.proxies, the addresses of the proxies"_s)};
    if (!isRequired(settings) && areNamed)
        return {refusal(named,
                        u" would be ignored: what proxies say is believed only with http.proxy_protocol=required"_s)};
    return {};
}

} // namespace quoin::server
