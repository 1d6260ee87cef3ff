// SPDX-License-Identifier: GPL-3.0-only
#include "plugincommand.h"
#include "pluginverdict.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QFile>
#include <QTextStream>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

using plugins::PluginState;

/// What is in the folder is what is enabled.
QByteArray hashOfFile(const QString &path)
{
    QFile file(path);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    return file.open(QIODevice::ReadOnly) && hash.addData(&file) ? hash.result().toHex() : QByteArray();
}

} // namespace

int disablePlugin(const PluginPlace &place, const QString &id, const PluginOutput &to)
{
    const auto status = place.status();
    if (!status)
        return fail(status.error(), to);
    if (const auto known = place.expect(id, *status); !known)
        return fail(known.error(), to);
    const auto chosen = place.choose([&](plugins::Choices &choices) -> Result<> {
        choices.disable(id);
        return {};
    });
    if (!chosen)
        return fail(chosen.error(), to);
    const auto verdict = awaitVerdict(place, to.patience, [&](const plugins::HostStatus &now) {
        const plugins::PluginStatus *const plugin = now.plugin(id);
        const bool isDone = plugin && plugin->current.state == PluginState::Disabled;
        return isDone ? std::optional(PluginVerdict{true, id + u" is disabled"_s}) : std::nullopt;
    });
    return tell(verdict, id + u" is disabled"_s, to);
}

int enablePlugin(const PluginPlace &place, const QString &id, const PluginOutput &to)
{
    const auto status = place.status();
    if (!status)
        return fail(status.error(), to);
    if (const auto known = place.expect(id, *status); !known)
        return fail(known.error(), to);
    const plugins::PluginStatus *const before = status->plugin(id);
    if (PluginPlace::isRunning(*status) && before && before->current.state == PluginState::Live
        && !before->turnedAway) {
        const auto choices = place.choices();
        if (choices && !choices->disabled.contains(id)) {
            to.out << id << " is live already" << Qt::endl;
            return 0;
        }
    }
    const PluginNews news(place, {id, hashOfFile(place.file(id))});
    const auto chosen = place.choose([&](plugins::Choices &choices) -> Result<> {
        choices.enable(id, QDateTime::currentDateTimeUtc());
        return {};
    });
    if (!chosen)
        return fail(chosen.error(), to);
    const auto verdict = awaitVerdict(
        place, to.patience, [&](const plugins::HostStatus &after) -> std::optional<PluginVerdict> {
            const plugins::PluginStatus *const plugin = after.plugin(id);
            const bool isDisabled = plugin && plugin->current.state == PluginState::Disabled;
            return isDisabled ? std::nullopt : news(after);
        });
    return tell(verdict, id + u" is enabled"_s, to);
}

int rollBackPlugin(const PluginPlace &place, const QString &id, const PluginOutput &to)
{
    const auto status = place.status();
    if (!status)
        return fail(status.error(), to);
    QByteArray target;
    const auto chosen = place.choose([&](plugins::Choices &choices) -> Result<> {
        const Result<> rolledBack = choices.rollBack(id, *status);
        target = choices.pinned.value(id).to;
        return rolledBack;
    });
    if (!chosen)
        return fail(chosen.error(), to);
    const auto verdict = awaitVerdict(
        place, to.patience, [&](const plugins::HostStatus &after) -> std::optional<PluginVerdict> {
            const plugins::PluginStatus *const plugin = after.plugin(id);
            return plugin && plugin->current.sha256 == target ? verdictOn({id, target}, after) : std::nullopt;
        });
    return tell(verdict, id + u" is rolled back"_s, to);
}

} // namespace quoin::server
