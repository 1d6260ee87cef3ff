// SPDX-License-Identifier: GPL-3.0-only
#include "plugincommand.h"

#include "pluginactions.h"

#include <QHash>
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

int fail(const Error &error, const PluginOutput &to)
{
    to.err << "quoin: " << error.message() << Qt::endl;
    return 1;
}

/// The last words of such a command.
static int tell(const Result<PluginChange> &change, const PluginOutput &to)
{
    if (!change)
        return fail(change.error(), to);
    if (!change->verdict) {
        to.out << change->done << "; no server runs with this data.dir, the next one will take it up" << Qt::endl;
        return 0;
    }
    (change->verdict->isGood ? to.out : to.err) << change->verdict->sentence << Qt::endl;
    return change->verdict->isGood ? 0 : 1;
}

int installPlugin(const PluginPlace &place, const QString &file, const PluginOutput &to)
{
    const CheckedPlugin plugin = checkPluginFile(file);
    if (!plugin.isGood()) {
        to.err << checkAsText(plugin) << "nothing was installed" << Qt::endl;
        return 1;
    }
    const auto installed = installPlugin(place, plugin, to.patience);
    if (!installed) {
        to.err << "quoin: " << installed.error().message() << "\nnothing was installed" << Qt::endl;
        return 1;
    }
    return tell(installed, to);
}

int managePlugins(const PluginPlace &place, const QString &verb, const QString &operand, bool asJson,
                  const PluginOutput &to)
{
    if (verb == u"list"_s)
        return listPlugins(place, asJson, to);
    if (verb == u"install"_s)
        return installPlugin(place, operand, to);
    using Change = Result<PluginChange> (*)(const PluginPlace &, const QString &, std::chrono::milliseconds);
    const QHash<QString, Change> changes{{u"remove"_s, &removePlugin},
                                         {u"enable"_s, &enablePlugin},
                                         {u"disable"_s, &disablePlugin},
                                         {u"rollback"_s, &rollBackPlugin}};
    if (const Change change = changes.value(verb))
        return tell(change(place, operand, to.patience), to);
    return fail(Error::invalid(u"there is no command \"plugin %1\""_s.arg(verb)), to);
}

} // namespace quoin::server
