// SPDX-License-Identifier: GPL-3.0-only
#include "admin/pluginupload.h"

#include "settings/pluginsettings.h"
#include "settings/settings.h"

#include "plugins/trust.h"
#include "plugins/wholefile.h"

#include <QDir>
#include <QTemporaryDir>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

namespace {

using plugins::Phase;
using plugins::PluginState;

constexpr auto patience = 60s; // of the server's verdict, as in `quoin plugin install`

const QStringList &gates()
{
    static const QStringList names{u"take"_s, u"lint"_s, u"trust"_s, u"metadata"_s, u"probe"_s, u"plan"_s, u"live"_s};
    return names;
}

/// Where a refusal belongs among the gates that are told of.
QString gateOf(const QString &phase)
{
    if (gates().contains(phase))
        return phase;
    if (phase == plugins::phaseName(Phase::Folder))
        return u"take"_s;
    const bool isPlan = phase == plugins::phaseName(Phase::Resolve) || phase == plugins::phaseName(Phase::Conflict);
    return isPlan ? u"plan"_s : u"live"_s;
}

} // namespace

void PluginUpload::run(const QString &name, const QByteArray &bytes)
{
    const QTemporaryDir folder(QDir(m_settings.text(u"data.dir"_s)).absoluteFilePath(u"upload-XXXXXX"_s));
    const auto trust = plugins::Trust::open(trustOptions(m_settings));
    const auto written = plugins::writeWhole(folder.filePath(name), bytes, 0600, plugins::Durable::No);
    CheckedPlugin plugin;
    if (!trust || !written) {
        gate(u"take"_s, u"failed"_s, (written ? trust.error() : written.error()).message());
        return finish(u"refused"_s, plugin);
    }
    m_isTrustAsked = trust->mode() != plugins::TrustOptions::Mode::Off;
    CheckOptions options;
    options.trust = m_isTrustAsked ? &*trust : nullptr;
    options.admitted = [this] { passAdmission(); };
    plugin = checkPluginFile(folder.filePath(name), options);
    if (!plugin.isGood())
        return refuse(plugin);
    gate(u"probe"_s, u"passed"_s);
    install(plugin);
}

void PluginUpload::passAdmission()
{
    for (const QString &name : {u"take"_s, u"lint"_s})
        gate(name, u"passed"_s);
    if (m_isTrustAsked)
        gate(u"trust"_s, u"passed"_s);
    else
        gate(u"trust"_s, u"skipped"_s, u"Nobody is asked: plugins.trust is off."_s);
    gate(u"metadata"_s, u"passed"_s);
}

void PluginUpload::install(const CheckedPlugin &plugin)
{
    const auto place = PluginPlace::of(m_settings);
    const auto status = place.status();
    const auto before = status ? fateOf({plugin.metadata->id, plugin.sha256}, *status) : std::nullopt;
    const bool wasLive = before && before->state == PluginState::Live;
    const auto installed = installPlugin(place, plugin, patience, [this](const auto &fate) { follow(fate); });
    if (!installed) {
        gate(u"plan"_s, u"failed"_s, installed.error().message(), u"mend the folder, and upload it again"_s);
        gate(u"live"_s, u"skipped"_s);
        return finish(u"refused"_s, plugin);
    }
    conclude(plugin, *installed, wasLive);
}

/// The server has taken it up and rolls it out.
void PluginUpload::follow(const plugins::VersionFate &fate)
{
    const bool isPlanned = fate.state == PluginState::Starting || fate.state == PluginState::Live;
    if (isPlanned && m_decided == gates().indexOf(u"plan"_s))
        gate(u"plan"_s, u"passed"_s);
}

void PluginUpload::conclude(const CheckedPlugin &plugin, const PluginChange &change, bool wasLive)
{
    const QString sentence = change.verdict ? change.verdict->sentence : change.done;
    const bool isDecided = change.verdict && change.verdict->isDecided;
    const auto fate = change.verdict ? change.verdict->fate : std::nullopt;
    if (isDecided && fate && fate->state == PluginState::Live) {
        follow(*fate);
        gate(u"live"_s, u"passed"_s);
        return finish(wasLive ? u"unchanged"_s : u"live"_s, plugin);
    }
    if (!isDecided || !fate || fate->state == PluginState::Disabled)
        return finish(u"pending"_s, plugin, sentence);
    const QString failed = gateOf(fate->phase);
    if (failed == u"live"_s && m_decided == gates().indexOf(u"plan"_s))
        gate(u"plan"_s, u"passed"_s);
    gate(failed, u"failed"_s, fate->reason, fate->remedy);
    if (failed != u"live"_s)
        gate(u"live"_s, u"skipped"_s);
    finish(u"refused"_s, plugin, sentence);
}

void PluginUpload::refuse(const CheckedPlugin &plugin)
{
    const QString failed = gateOf(plugins::phaseName(plugin.refusal->phase));
    const qsizetype index = gates().indexOf(failed);
    for (qsizetype i = m_decided; i < gates().size(); ++i) {
        const bool isTrust = gates()[i] == u"trust"_s;
        if (i == index)
            gate(failed, u"failed"_s, plugin.refusal->reason, plugin.refusal->remedy);
        else
            gate(gates()[i], i < index && (!isTrust || m_isTrustAsked) ? u"passed"_s : u"skipped"_s);
    }
    finish(u"refused"_s, plugin);
}

void PluginUpload::gate(const QString &gate, const QString &status, const QString &detail, const QString &remedy)
{
    m_decided = gates().indexOf(gate) + 1;
    QJsonObject line{{u"gate"_s, gate}, {u"status"_s, status}};
    if (!detail.isEmpty())
        line.insert(u"detail"_s, detail);
    if (!remedy.isEmpty())
        line.insert(u"remedy"_s, remedy);
    m_lines.add(line);
}

void PluginUpload::finish(const QString &outcome, const CheckedPlugin &plugin, const QString &detail)
{
    QJsonObject line{{u"outcome"_s, outcome}, {u"sha256"_s, QString::fromLatin1(plugin.sha256)}};
    if (plugin.metadata) {
        line.insert(u"id"_s, plugin.metadata->id);
        line.insert(u"version"_s, plugin.metadata->version.toString());
    }
    if (!detail.isEmpty())
        line.insert(u"detail"_s, detail);
    m_lines.add(line);
}

} // namespace quoin::server
