// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/loader.h"
#include "plugins/pluginhost.h"

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

/// The supervisor has judged the copy and nobody else can write where it is; only what it says of itself is read again.
std::optional<AdmittedFile> planned(const PlannedPlugin &plugin, Fault *fault)
{
    const auto metadata = readMetadata(loaderMetadata(plugin.copy), plugin.id, fault);
    if (!metadata)
        return std::nullopt;
    return AdmittedFile{plugin.file, plugin.copy, plugin.sha256, *metadata, {}};
}

} // namespace

void PluginHost::load(const Plan &plan)
{
    for (const PlannedPlugin &plugin : plan.plugins) {
        Fault fault;
        if (const auto file = planned(plugin, &fault))
            loadOne(*file);
        else
            refuse({plugin.file, plugin.id, plugin.version, Phase::Metadata, fault.reason, fault.remedy});
    }
    warnOfLostSubscriptions();
}

} // namespace quoin::plugins
