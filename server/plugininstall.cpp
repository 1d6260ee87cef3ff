// SPDX-License-Identifier: GPL-3.0-only
#include "plugincheck.h"
#include "plugincommand.h"
#include "pluginput.h"
#include "pluginverdict.h"

#include "plugins/safefolder.h"

#include <QFile>
#include <QTextStream>

using namespace Qt::StringLiterals;

namespace quoin::server {

int installPlugin(const PluginPlace &place, const QString &file, const PluginOutput &to)
{
    const CheckedPlugin plugin = checkPluginFile(file);
    if (!plugin.isGood()) {
        to.err << checkAsText(plugin) << "nothing was installed" << Qt::endl;
        return 1;
    }
    const QString id = plugin.metadata->id;
    const PluginNews news(place, {id, plugin.sha256});
    const auto folder = plugins::SafeFolder::open(place.folder());
    const auto written = folder ? putPlugin(folder->path(), plugin) : Result<>(folder.error());
    if (!written) {
        to.err << "quoin: " << written.error().message() << "\nnothing was installed" << Qt::endl;
        return 1;
    }
    const auto verdict = awaitVerdict(place, to.patience, news);
    return tell(verdict, u"%1 %2 is installed"_s.arg(id, plugin.metadata->version.toString()), to);
}

int removePlugin(const PluginPlace &place, const QString &id, const PluginOutput &to)
{
    const auto status = place.status();
    if (const auto known = place.expect(id, status ? *status : plugins::HostStatus()); !known)
        return fail(known.error(), to);
    QFile file(place.file(id));
    if (!file.remove() && file.exists())
        return fail(Error::unavailable(u"cannot remove %1: %2"_s.arg(file.fileName(), file.errorString())), to);
    QFile::remove(file.fileName() + u".sig"_s);
    const auto verdict = awaitVerdict(place, to.patience, [&](const plugins::HostStatus &now) {
        const plugins::PluginStatus *const plugin = now.plugin(id);
        const bool isGone = !plugin || plugin->current.state == plugins::PluginState::Gone;
        return isGone ? std::optional(PluginVerdict{true, id + u" is removed"_s}) : std::nullopt;
    });
    return tell(verdict, id + u" is removed"_s, to);
}

} // namespace quoin::server
