// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pluginservices.h"

#include "plugins/safefolder.h"

using namespace Qt::StringLiterals;

namespace quoin::plugins {

PluginServices::PluginServices(ServicesSource source, QString pluginDataDirectory)
    : m_source(std::move(source))
    , m_pluginDataDirectory(std::move(pluginDataDirectory))
    , m_categoryName("quoin.plugin." + m_source.id.toUtf8())
    , m_category(m_categoryName.constData(), QtInfoMsg)
{
}

Result<std::unique_ptr<PluginServices>> PluginServices::create(ServicesSource source)
{
    const auto folder = SafeFolder::openPrivate(source.dataDirectory + u"/plugins/"_s + source.id);
    if (!folder)
        return folder.error();
    return std::unique_ptr<PluginServices>(new PluginServices(std::move(source), folder->path()));
}

void *PluginServices::find(const char *name) { return m_source.interfaces.value(QByteArray(name)); }

QVariant PluginServices::setting(const QString &key) const
{
    return m_source.setting ? m_source.setting(m_source.id + u'.' + key) : QVariant();
}

} // namespace quoin::plugins
