// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/refusaljson.h"

#include "plugins/metadataschema.h"

using namespace Qt::StringLiterals;

namespace quoin::plugins {

std::optional<Phase> phaseOfName(const QString &name)
{
    for (int i = 0; i <= static_cast<int>(Phase::Start); ++i) {
        if (const auto phase = static_cast<Phase>(i); phaseName(phase) == name)
            return phase;
    }
    return std::nullopt;
}

QJsonObject toJson(const Refusal &refusal)
{
    return {{u"file"_s, refusal.file},       {u"id"_s, refusal.id},
            {u"version"_s, refusal.version}, {u"phase"_s, phaseName(refusal.phase)},
            {u"reason"_s, refusal.reason},   {u"remedy"_s, refusal.remedy}};
}

Refusal readRefusal(ObjectReader &reader)
{
    Refusal refusal;
    refusal.file = reader.string(u"file"_s);
    refusal.id = reader.string(u"id"_s);
    refusal.version = reader.string(u"version"_s);
    const QString phase = reader.string(u"phase"_s);
    refusal.phase = phaseOfName(phase).value_or(Phase::Folder);
    if (!phaseOfName(phase))
        reader.fail(u"\"%1\" is no phase"_s.arg(phase));
    refusal.reason = reader.string(u"reason"_s);
    refusal.remedy = reader.string(u"remedy"_s);
    return refusal;
}

} // namespace quoin::plugins
