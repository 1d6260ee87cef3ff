// SPDX-License-Identifier: GPL-3.0-only
#include "plugincommand.h"

#include "plugincheck.h"

#include <QTextStream>

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

} // namespace quoin::server
