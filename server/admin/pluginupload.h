// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "admin/linestream.h"
#include "pluginactions.h"

namespace quoin::server {

class Settings;

/// One plugin file on its way from a body of bytes to being served, by the one way that `quoin plugin install` takes.
/// Tells each gate as it is decided, and then what came of it.
class PluginUpload
{
public:
    /// Both are lent.
    PluginUpload(const Settings &settings, LineStream &lines)
        : m_settings(settings)
        , m_lines(lines)
    {
    }

    /// Blocks until it is decided, or for as long as one waits for a server. The lines do not end by themselves.
    void run(const QString &name, const QByteArray &bytes);

private:
    void install(const CheckedPlugin &plugin);
    void gate(const QString &gate, const QString &status, const QString &detail = {}, const QString &remedy = {});
    void passAdmission();
    void refuse(const CheckedPlugin &plugin);
    void follow(const plugins::VersionFate &fate);
    void conclude(const CheckedPlugin &plugin, const PluginChange &change, bool wasLive);
    void finish(const QString &outcome, const CheckedPlugin &plugin, const QString &detail = {});

    const Settings &m_settings;
    LineStream &m_lines;
    bool m_isTrustAsked = false;
    qsizetype m_decided = 0; ///< Gates that were told.
};

} // namespace quoin::server
