// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/choices.h"

#include "plugins/metadataschema.h"
#include "plugins/pluginstatus.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

void Choices::disable(const QString &id)
{
    if (disabled.contains(id))
        return;
    disabled.append(id);
    disabled.sort();
}

void Choices::enable(const QString &id, const QDateTime &now)
{
    disabled.removeAll(id);
    pinned.remove(id);
    enabled.insert(id, now);
}

Result<> Choices::rollBack(const QString &id, const HostStatus &status)
{
    const PluginStatus *const plugin = status.plugin(id);
    if (!plugin)
        return Error::notFound(u"no plugin %1 is known here"_s.arg(id));
    const QByteArray current = plugin->current.sha256;
    const auto previous = std::find_if(plugin->history.begin(), plugin->history.end(),
                                       [&](const LiveVersion &version) { return version.sha256 != current; });
    if (previous == plugin->history.end())
        return Error::notFound(u"no earlier version of %1 has been live: there is nothing to roll back to"_s.arg(id));
    // What is in the folder is what the pin is chosen over, also if another version serves in its place by now.
    const QByteArray inFolder = plugin->turnedAway ? plugin->turnedAway->sha256 : current;
    pinned.insert(id, {previous->sha256, inFolder});
    disabled.removeAll(id);
    return {};
}

QJsonObject Choices::toJson() const
{
    QJsonArray pins;
    for (auto it = pinned.begin(); it != pinned.end(); ++it) {
        pins.append(QJsonObject{{u"id"_s, it.key()},
                                {u"to"_s, QString::fromLatin1(it->to)},
                                {u"insteadOf"_s, QString::fromLatin1(it->insteadOf)}});
    }
    QJsonArray enablings;
    for (auto it = enabled.begin(); it != enabled.end(); ++it)
        enablings.append(QJsonObject{{u"id"_s, it.key()}, {u"at"_s, it->toString(Qt::ISODateWithMs)}});
    return {{u"disabled"_s, QJsonArray::fromStringList(disabled)}, {u"pinned"_s, pins}, {u"enabled"_s, enablings}};
}

Result<Choices> Choices::fromJson(const QJsonObject &object)
{
    ObjectReader reader(object, {});
    Choices choices;
    choices.disabled = reader.strings(u"disabled"_s);
    for (const QJsonObject &pin : reader.objects(u"pinned"_s)) {
        ObjectReader item(pin, u"pinned"_s);
        const QString id = item.string(u"id"_s);
        choices.pinned.insert(id, {item.string(u"to"_s).toLatin1(), item.string(u"insteadOf"_s).toLatin1()});
        if (!item.faultOfKnown().isEmpty())
            reader.fail(item.faultOfKnown());
    }
    for (const QJsonObject &enabling : reader.objects(u"enabled"_s)) {
        ObjectReader item(enabling, u"enabled"_s);
        const QString id = item.string(u"id"_s);
        const auto at = QDateTime::fromString(item.string(u"at"_s), Qt::ISODateWithMs);
        choices.enabled.insert(id, at);
        if (!at.isValid())
            item.fail(u"\"at\" of enabled is no time"_s);
        if (!item.faultOfKnown().isEmpty())
            reader.fail(item.faultOfKnown());
    }
    if (!reader.faultOfKnown().isEmpty())
        return Error::invalid(reader.faultOfKnown());
    return choices;
}

} // namespace quoin::plugins
