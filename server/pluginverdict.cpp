// SPDX-License-Identifier: GPL-3.0-only
#include "pluginverdict.h"

#include <QEventLoop>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace quoin::server {

using plugins::PluginState;

namespace {

/// "orders 2.1.0 is refused in probe: it hung ...", and on a line of its own what to do.
QString sentenceOf(const QString &id, const plugins::VersionFate &fate)
{
    QString sentence = fate.version.isEmpty() ? id : u"%1 %2"_s.arg(id, fate.version);
    sentence += u" is "_s + plugins::stateName(fate.state);
    if (!fate.phase.isEmpty())
        sentence += u" in "_s + fate.phase;
    if (!fate.reason.isEmpty())
        sentence += u": "_s + fate.reason;
    if (!fate.remedy.isEmpty())
        sentence += u"\n  what to do: "_s + fate.remedy;
    return sentence;
}

} // namespace

std::optional<plugins::VersionFate> fateOf(const plugins::VersionKey &version, const plugins::HostStatus &status)
{
    const plugins::PluginStatus *const plugin = status.plugin(version.id);
    if (!plugin)
        return std::nullopt;
    if (plugin->turnedAway && plugin->turnedAway->sha256 == version.sha256)
        return plugin->turnedAway;
    return plugin->current.sha256 == version.sha256 ? std::optional(plugin->current) : std::nullopt;
}

std::optional<PluginVerdict> awaitVerdict(
    const PluginPlace &place, std::chrono::milliseconds patience,
    const std::function<std::optional<PluginVerdict>(const plugins::HostStatus &)> &seen)
{
    QElapsedTimer waiting;
    waiting.start();
    while (true) {
        const auto status = place.status();
        if (!status)
            return PluginVerdict{false, u"done, but what became of it cannot be seen: "_s + status.error().message(),
                                 false};
        if (!PluginPlace::isRunning(*status))
            return std::nullopt;
        if (auto verdict = seen(*status))
            return verdict;
        if (waiting.elapsed() > patience.count()) {
            return PluginVerdict{
                false,
                u"done, but the server has not taken it up within %1 s: see \"quoin plugin list\" and its log"_s.arg(
                    patience.count() / 1000),
                false};
        }
        // The file is read anew each time, because it is replaced and may be out of reach of a watch.
        QEventLoop loop;
        QTimer::singleShot(25, &loop, &QEventLoop::quit);
        loop.exec();
    }
}

std::optional<PluginVerdict> verdictOn(const plugins::VersionKey &version, const plugins::HostStatus &status)
{
    const plugins::PluginStatus *const plugin = status.plugin(version.id);
    if (!plugin)
        return std::nullopt;
    if (plugin->turnedAway && plugin->turnedAway->sha256 == version.sha256) {
        QString sentence = sentenceOf(version.id, *plugin->turnedAway);
        if (plugin->current.state == PluginState::Live)
            sentence += u"\n  version %1 is served in its place"_s.arg(plugin->current.version);
        return PluginVerdict{false, sentence, true, plugin->turnedAway};
    }
    if (plugin->current.sha256 != version.sha256)
        return std::nullopt;
    switch (plugin->current.state) {
    case PluginState::Live:
        return PluginVerdict{true, sentenceOf(version.id, plugin->current), true, plugin->current};
    case PluginState::Disabled:
        return PluginVerdict{true,
                             u"%1 is installed, but disabled: \"quoin plugin enable %1\" serves it"_s.arg(version.id),
                             true, plugin->current};
    case PluginState::Refused:
    case PluginState::Quarantined:
    case PluginState::RolledBack:
        return PluginVerdict{false, sentenceOf(version.id, plugin->current), true, plugin->current};
    default:
        return std::nullopt; // on its way
    }
}

PluginNews::PluginNews(const PluginPlace &place, const plugins::VersionKey &version)
    : m_version(version)
{
    if (const auto status = place.status())
        m_before = fateOf(version, *status);
    m_since.start();
}

std::optional<PluginVerdict> PluginNews::operator()(const plugins::HostStatus &status) const
{
    constexpr qint64 whileMilliseconds = 3000;
    const auto fate = fateOf(m_version, status);
    const bool isOld = fate && m_before == fate && fate->state != PluginState::Live;
    return isOld && m_since.elapsed() < whileMilliseconds ? std::nullopt : verdictOn(m_version, status);
}

} // namespace quoin::server
