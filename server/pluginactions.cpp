// SPDX-License-Identifier: GPL-3.0-only
#include "pluginactions.h"

#include "pluginput.h"
#include "plugins/safefolder.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QFile>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

using plugins::PluginState;
using std::chrono::milliseconds;

/// What is in the folder is what is enabled.
QByteArray hashOfFile(const QString &path)
{
    QFile file(path);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    return file.open(QIODevice::ReadOnly) && hash.addData(&file) ? hash.result().toHex() : QByteArray();
}

/// The status, if the plugin is known.
Result<plugins::HostStatus> statusFor(const PluginPlace &place, const QString &id)
{
    const auto status = place.status();
    if (!status)
        return status;
    const auto known = place.expect(id, *status);
    return known ? status : Result<plugins::HostStatus>(known.error());
}

bool isLive(const PluginPlace &place, const QString &id, const plugins::HostStatus &status)
{
    const plugins::PluginStatus *const plugin = status.plugin(id);
    if (!PluginPlace::isRunning(status) || !plugin || plugin->current.state != PluginState::Live || plugin->turnedAway)
        return false;
    const auto choices = place.choices();
    return choices && !choices->disabled.contains(id);
}

} // namespace

Result<PluginChange> disablePlugin(const PluginPlace &place, const QString &id, milliseconds patience)
{
    if (const auto status = statusFor(place, id); !status)
        return status.error();
    const auto chosen = place.choose([&](plugins::Choices &choices) -> Result<> {
        choices.disable(id);
        return {};
    });
    if (!chosen)
        return chosen.error();
    const QString done = id + u" is disabled"_s;
    const auto verdict = awaitVerdict(place, patience, [&](const plugins::HostStatus &now) {
        const plugins::PluginStatus *const plugin = now.plugin(id);
        const bool isDone = plugin && plugin->current.state == PluginState::Disabled;
        return isDone ? std::optional(PluginVerdict{true, done}) : std::nullopt;
    });
    return PluginChange{done, verdict};
}

Result<PluginChange> enablePlugin(const PluginPlace &place, const QString &id, milliseconds patience)
{
    const auto status = statusFor(place, id);
    if (!status)
        return status.error();
    if (isLive(place, id, *status)) {
        const QString already = id + u" is live already"_s;
        return PluginChange{already, PluginVerdict{true, already}};
    }
    const PluginNews news(place, {id, hashOfFile(place.file(id))});
    const auto chosen = place.choose([&](plugins::Choices &choices) -> Result<> {
        choices.enable(id, QDateTime::currentDateTimeUtc());
        return {};
    });
    if (!chosen)
        return chosen.error();
    const auto verdict = awaitVerdict(
        place, patience, [&](const plugins::HostStatus &after) -> std::optional<PluginVerdict> {
            const plugins::PluginStatus *const plugin = after.plugin(id);
            const bool isDisabled = plugin && plugin->current.state == PluginState::Disabled;
            return isDisabled ? std::nullopt : news(after);
        });
    return PluginChange{id + u" is enabled"_s, verdict};
}

Result<PluginChange> rollBackPlugin(const PluginPlace &place, const QString &id, milliseconds patience)
{
    const auto status = place.status();
    if (!status)
        return status.error();
    QByteArray target;
    const auto chosen = place.choose([&](plugins::Choices &choices) -> Result<> {
        const Result<> rolledBack = choices.rollBack(id, *status);
        target = choices.pinned.value(id).to;
        return rolledBack;
    });
    if (!chosen)
        return chosen.error();
    const auto verdict = awaitVerdict(
        place, patience, [&](const plugins::HostStatus &after) -> std::optional<PluginVerdict> {
            const plugins::PluginStatus *const plugin = after.plugin(id);
            return plugin && plugin->current.sha256 == target ? verdictOn({id, target}, after) : std::nullopt;
        });
    return PluginChange{id + u" is rolled back"_s, verdict};
}

Result<PluginChange> removePlugin(const PluginPlace &place, const QString &id, milliseconds patience)
{
    const auto status = place.status();
    if (const auto known = place.expect(id, status ? *status : plugins::HostStatus()); !known)
        return known.error();
    QFile file(place.file(id));
    if (!file.remove() && file.exists())
        return Error::unavailable(u"cannot remove %1: %2"_s.arg(file.fileName(), file.errorString()));
    QFile::remove(file.fileName() + u".sig"_s);
    const QString done = id + u" is removed"_s;
    const auto verdict = awaitVerdict(place, patience, [&](const plugins::HostStatus &now) {
        const plugins::PluginStatus *const plugin = now.plugin(id);
        const bool isGone = !plugin || plugin->current.state == PluginState::Gone;
        return isGone ? std::optional(PluginVerdict{true, done}) : std::nullopt;
    });
    return PluginChange{done, verdict};
}

Result<PluginChange> installPlugin(const PluginPlace &place, const CheckedPlugin &plugin, milliseconds patience,
                                   const std::function<void(const plugins::VersionFate &)> &seen)
{
    const QString id = plugin.metadata->id;
    const plugins::VersionKey version{id, plugin.sha256};
    const PluginNews news(place, version);
    const auto folder = plugins::SafeFolder::open(place.folder());
    const auto written = folder ? putPlugin(folder->path(), plugin) : Result<>(folder.error());
    if (!written)
        return written.error();
    const auto verdict = awaitVerdict(place, patience, [&](const plugins::HostStatus &now) {
        if (const auto fate = fateOf(version, now); fate && seen)
            seen(*fate);
        return news(now);
    });
    return PluginChange{u"%1 %2 is installed"_s.arg(id, plugin.metadata->version.toString()), verdict};
}

Result<PluginChange> reloadPlugin(const PluginPlace &place, const QString &id, milliseconds patience,
                                  const std::function<void()> &ask)
{
    const auto status = statusFor(place, id);
    if (!status)
        return status.error();
    const plugins::PluginStatus *const before = status->plugin(id);
    if (before && before->current.state == PluginState::Disabled)
        return Error::conflict(u"%1 is disabled: enable it instead."_s.arg(id));
    const PluginNews news(place, {id, hashOfFile(place.file(id))});
    ask();
    // A generation later it has been started again, whatever came of it.
    const quint64 generation = status->generation;
    const auto verdict = awaitVerdict(place, patience,
                                      [&](const plugins::HostStatus &now) -> std::optional<PluginVerdict> {
                                          const plugins::PluginStatus *const plugin = now.plugin(id);
                                          const bool isSame = now.generation <= generation && plugin
                                              && plugin->current.state == PluginState::Live && !plugin->turnedAway;
                                          return isSame ? std::nullopt : news(now);
                                      });
    return PluginChange{id + u" is started again"_s, verdict};
}

} // namespace quoin::server
