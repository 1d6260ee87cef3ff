// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pluginstatus.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

QString stateName(PluginState state)
{
    switch (state) {
    case PluginState::Seen:
        return u"seen"_s;
    case PluginState::Staged:
        return u"staged"_s;
    case PluginState::Linted:
        return u"linted"_s;
    case PluginState::Probed:
        return u"probed"_s;
    case PluginState::Starting:
        return u"starting"_s;
    case PluginState::Live:
        return u"live"_s;
    case PluginState::Draining:
        return u"draining"_s;
    case PluginState::Gone:
        return u"gone"_s;
    case PluginState::Refused:
        return u"refused"_s;
    case PluginState::Quarantined:
        return u"quarantined"_s;
    case PluginState::RolledBack:
        return u"rolled-back"_s;
    case PluginState::Disabled:
        return u"disabled"_s;
    }
    return u"unknown"_s;
}

std::optional<PluginState> stateOfName(const QString &name)
{
    for (int i = 0; i <= static_cast<int>(PluginState::Disabled); ++i) {
        if (const auto state = static_cast<PluginState>(i); stateName(state) == name)
            return state;
    }
    return std::nullopt;
}

const PluginStatus *HostStatus::plugin(const QString &id) const
{
    const auto found = std::find_if(plugins.begin(), plugins.end(),
                                    [&](const PluginStatus &plugin) { return plugin.id == id; });
    return found == plugins.end() ? nullptr : &*found;
}

} // namespace quoin::plugins
