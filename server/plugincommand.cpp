// SPDX-License-Identifier: GPL-3.0-only
#include "plugincommand.h"

#include "plugincheck.h"
#include "pluginverdict.h"

#include <QTextStream>

using namespace Qt::StringLiterals;

namespace quoin::server {

int checkPlugin(const QString &file, bool asJson, QTextStream &out)
{
    const CheckedPlugin plugin = checkPluginFile(file);
    if (asJson)
        out << checkAsJson(plugin);
    else
        out << checkAsText(plugin);
    out.flush();
    return plugin.isGood() ? 0 : 1;
}

int tell(const std::optional<PluginVerdict> &verdict, const QString &done, const PluginOutput &to)
{
    if (!verdict) {
        to.out << done << "; no server runs with this data.dir, the next one will take it up" << Qt::endl;
        return 0;
    }
    (verdict->isGood ? to.out : to.err) << verdict->sentence << Qt::endl;
    return verdict->isGood ? 0 : 1;
}

int fail(const Error &error, const PluginOutput &to)
{
    to.err << "quoin: " << error.message() << Qt::endl;
    return 1;
}

int managePlugins(const PluginPlace &place, const QString &verb, const QString &operand, bool asJson,
                  const PluginOutput &to)
{
    if (verb == u"list"_s)
        return listPlugins(place, asJson, to);
    if (verb == u"install"_s)
        return installPlugin(place, operand, to);
    if (verb == u"remove"_s)
        return removePlugin(place, operand, to);
    if (verb == u"enable"_s)
        return enablePlugin(place, operand, to);
    if (verb == u"disable"_s)
        return disablePlugin(place, operand, to);
    if (verb == u"rollback"_s)
        return rollBackPlugin(place, operand, to);
    return fail(Error::invalid(u"there is no command \"plugin %1\""_s.arg(verb)), to);
}

} // namespace quoin::server
