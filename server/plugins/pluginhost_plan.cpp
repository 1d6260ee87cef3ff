// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/loader.h"
#include "plugins/pluginhost.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

/// The supervisor has judged the copy and nobody else can write where it is; only what it says of itself is read again.
std::optional<AdmittedFile> planned(const PlannedPlugin &plugin, Refusal *refusal)
{
    *refusal = {plugin.file, plugin.id, plugin.version, Phase::Take, {}, {}};
    if (!QFile::exists(plugin.copy)) {
        refusal->reason = u"its copy %1 is gone"_s.arg(plugin.copy);
        refusal->remedy = u"leave the plugin store to the service, and put the file into the folder again"_s;
        return std::nullopt;
    }
    Fault fault;
    const auto metadata = readMetadata(loaderMetadata(plugin.copy), plugin.id, &fault);
    if (metadata)
        return AdmittedFile{plugin.file, plugin.copy, plugin.sha256, *metadata, {}};
    refusal->phase = Phase::Metadata;
    refusal->reason = fault.reason;
    refusal->remedy = fault.remedy;
    return std::nullopt;
}

} // namespace

void PluginHost::load(const Plan &plan)
{
    m_isPlanned = true;
    for (const PlannedPlugin &plugin : plan.plugins) {
        Refusal refusal;
        if (const auto file = planned(plugin, &refusal))
            loadOne(*file);
        else
            refuse(refusal);
    }
    warnOfLostSubscriptions();
}

} // namespace quoin::plugins
