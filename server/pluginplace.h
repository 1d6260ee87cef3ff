// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/pluginrecords.h"

#include <quoin/result.h>

#include <QString>

#include <functional>

namespace quoin::server {

class Settings;

/// Where the server of these settings has its plugins and what it knows of them, as a command beside it sees it. A
/// value.
class PluginPlace
{
public:
    PluginPlace(QString folder, QString store)
        : m_folder(std::move(folder))
        , m_store(std::move(store))
    {
    }
    static PluginPlace of(const Settings &settings);

    QString folder() const { return m_folder; } ///< plugins.dir
    QString file(const QString &id) const { return m_folder + u'/' + id + QStringLiteral(".so"); }

    /// What status.json says now; empty if no server has written one. Makes and changes nothing, so that root may look
    /// into the store of another user.
    Result<plugins::HostStatus> status() const;

    /// Whether the supervisor that wrote this still runs.
    static bool isRunning(const plugins::HostStatus &status);

    /// Changes choices.json; the supervisor sees it. An Error if there is no store yet or it is another user's.
    Result<> choose(const std::function<Result<>(plugins::Choices &)> &change) const;
    Result<plugins::Choices> choices() const;

    /// NotFound with the ids there are, unless the server knows the plugin or its file is there.
    Result<> expect(const QString &id, const plugins::HostStatus &status) const;

private:
    Result<plugins::PluginRecords> records() const;

    QString m_folder;
    QString m_store;
};

} // namespace quoin::server
