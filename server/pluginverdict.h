// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "pluginplace.h"

#include <QElapsedTimer>
#include <QString>

#include <chrono>
#include <functional>
#include <optional>

namespace quoin::server {

/// What a server made of a change.
struct PluginVerdict
{
    bool isGood = false;
    QString sentence;
    bool isDecided = true;                         ///< Else patience ended before the server had made up its mind.
    std::optional<plugins::VersionFate> fate = {}; ///< Of the version in question, where there is one.
};

/// Looks at the status until it shows what became of a change, or the server ends, or patience does. Nothing if no
/// server runs: then the change is taken up at the next start. Runs an event loop.
std::optional<PluginVerdict> awaitVerdict(
    const PluginPlace &place, std::chrono::milliseconds patience,
    const std::function<std::optional<PluginVerdict>(const plugins::HostStatus &)> &seen);

/// What the status says of one version; nothing if it is another's turn.
std::optional<plugins::VersionFate> fateOf(const plugins::VersionKey &version, const plugins::HostStatus &status);

/// The verdict on one version, if the status tells it: live, or refused and why.
std::optional<PluginVerdict> verdictOn(const plugins::VersionKey &version, const plugins::HostStatus &status);

/// Tells the verdict on a version from one that was there before: the same file, put there again, is tried again. What
/// is still the same after a while is the verdict, too. Make it before the change.
class PluginNews
{
public:
    PluginNews(const PluginPlace &place, const plugins::VersionKey &version);

    std::optional<PluginVerdict> operator()(const plugins::HostStatus &status) const;

private:
    const plugins::VersionKey m_version;
    std::optional<plugins::VersionFate> m_before;
    QElapsedTimer m_since;
};

} // namespace quoin::server
