// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>
#include <quoin/result.h>

#include <QHash>
#include <QLoggingCategory>

#include <functional>
#include <memory>

namespace quoin::plugins {

/// Everything that PluginServices hands on. All of it outlives the plugin's stop().
struct ServicesSource
{
    QString id;            ///< The plugin's.
    QString dataDirectory; ///< The host's data.dir, absolute.
    std::function<QVariant(const QString &key)>
        setting;                          ///< By the whole key, "<id>.<name>"; invalid: no such key. Any thread.
    std::function<bool()> isStopping;     ///< Any thread.
    QThreadPool *pool = nullptr;          ///< The pool of blocking handlers.
    QHash<QByteArray, void *> interfaces; ///< By versioned name, such as abi::Database::name.
};

/// What one plugin is given. Keep it as long as the process: log sinks may hold the category's name.
class PluginServices final : public abi::Services
{
public:
    /// Makes <data.dir>/plugins/<id> with mode 0700; an Error if that cannot be.
    static Result<std::unique_ptr<PluginServices>> create(ServicesSource source);
    virtual ~PluginServices() = default;

    void *find(const char *name) override;
    QVariant setting(const QString &key) const override;
    QString dataDirectory() const override { return m_source.dataDirectory; }
    QString pluginDataDirectory() const override { return m_pluginDataDirectory; }
    const QLoggingCategory *log() const override { return &m_category; }
    QThreadPool *pool() const override { return m_source.pool; }
    bool isStopping() const override { return m_source.isStopping && m_source.isStopping(); }

private:
    explicit PluginServices(ServicesSource source, QString pluginDataDirectory);

    const ServicesSource m_source;
    const QString m_pluginDataDirectory;
    const QByteArray m_categoryName; // before the category, which points to it
    const QLoggingCategory m_category;
};

} // namespace quoin::plugins
