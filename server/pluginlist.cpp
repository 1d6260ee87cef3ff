// SPDX-License-Identifier: GPL-3.0-only
#include "columns.h"
#include "plugincommand.h"
#include "pluginplace.h"

#include <QDir>
#include <QJsonDocument>
#include <QTextStream>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

using plugins::PluginStatus;
using plugins::VersionFate;

QStringList rowOf(const QString &id, const VersionFate &fate)
{
    QString why = fate.phase.isEmpty() ? fate.reason : u"%1: %2"_s.arg(fate.phase, fate.reason);
    if (!fate.remedy.isEmpty())
        why += u" ("_s + fate.remedy + u')';
    QStringList row{id,
                    fate.version.isEmpty() ? u"?"_s : fate.version,
                    QString::fromLatin1(fate.sha256.left(12)),
                    plugins::stateName(fate.state),
                    fate.since.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss"_s),
                    why};
    for (QString &cell : row) // one line, whatever a file is called
        cell = withoutControls(cell).replace(u'\n', QChar(QChar::ReplacementCharacter));
    return row;
}

QList<QStringList> rowsOf(const plugins::HostStatus &status)
{
    QList<QStringList> rows;
    for (const PluginStatus &plugin : status.plugins) {
        rows.append(rowOf(plugin.id, plugin.current));
        if (plugin.turnedAway)
            rows.append(rowOf(plugin.id, *plugin.turnedAway));
    }
    return rows;
}

/// Files that no server has looked at.
void addUnseen(const PluginPlace &place, plugins::HostStatus &status)
{
    for (const QFileInfo &file : QDir(place.folder()).entryInfoList({u"*.so"_s}, QDir::Files, QDir::Name)) {
        const QString id = file.fileName().chopped(3);
        if (status.plugin(id))
            continue;
        PluginStatus plugin;
        plugin.id = id;
        plugin.file = file.absoluteFilePath();
        plugin.current.since = file.lastModified();
        plugin.current.reason = u"no server has looked at it"_s;
        status.plugins.append(plugin);
    }
}

} // namespace

int listPlugins(const PluginPlace &place, bool asJson, const PluginOutput &to)
{
    auto status = place.status();
    if (!status)
        return fail(status.error(), to);
    const bool isRunning = PluginPlace::isRunning(*status);
    if (!isRunning)
        addUnseen(place, *status);
    if (asJson) {
        QJsonObject object = status->toJson();
        object.insert(u"running"_s, isRunning);
        to.out << QJsonDocument(object).toJson() << Qt::flush;
        return 0;
    }
    if (!isRunning)
        to.err << "no server runs with this data.dir; this is how the last one left it" << Qt::endl;
    if (status->plugins.isEmpty()) {
        to.out << "there is no plugin in " << place.folder() << Qt::endl;
        return 0;
    }
    const QStringList head{u"PLUGIN"_s, u"VERSION"_s, u"SHA256"_s, u"STATE"_s, u"SINCE"_s, u"REASON"_s};
    to.out << columns(QList<QStringList>{head} + rowsOf(*status)) << Qt::flush;
    return 0;
}

} // namespace quoin::server
