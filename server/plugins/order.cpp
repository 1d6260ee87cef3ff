// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/order.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

/// Works on what is still neither placed nor refused; QMap keeps it sorted, which makes the outcome the same every
/// time.
class Resolver
{
public:
    Resolver(const QList<Metadata> &plugins, const QHash<QString, QVersionNumber> &present)
        : m_available(present)
    {
        for (const Metadata &plugin : plugins) {
            m_waiting.insert(plugin.id, plugin);
            m_available.insert(plugin.id, plugin.version);
        }
        for (auto it = present.begin(); it != present.end(); ++it)
            m_placed.append(it.key());
        m_builtIn = m_placed.size();
    }

    Order resolve()
    {
        while (refuseUnmet()) { } // a refusal may leave others unmet
        while (placeNext()) { }
        while (!m_waiting.isEmpty()) {
            refuseCircle();
            while (refuseUnmet()) { }
            while (placeNext()) { }
        }
        m_order.sequence = m_placed.sliced(m_builtIn);
        return m_order;
    }

private:
    bool refuseUnmet();
    bool placeNext();
    void refuseCircle();
    std::optional<Fault> unmet(const Requirement &requirement) const;
    void refuse(const QString &id, const Fault &fault);

    QHash<QString, QVersionNumber> m_available;
    QMap<QString, Metadata> m_waiting;
    QStringList m_placed;
    qsizetype m_builtIn = 0;
    Order m_order;
};

std::optional<Fault> Resolver::unmet(const Requirement &requirement) const
{
    const QString wanted = u"%1 %2"_s.arg(requirement.id, requirement.atLeast.toString());
    if (m_order.refused.contains(requirement.id))
        return Fault{u"requires %1, which is refused"_s.arg(requirement.id), u"mend %1 first"_s.arg(requirement.id)};
    if (!m_available.contains(requirement.id))
        return Fault{u"requires %1, which is not there"_s.arg(wanted),
                     u"put %1.so into the folder"_s.arg(requirement.id)};
    const QVersionNumber found = m_available.value(requirement.id);
    if (found < requirement.atLeast)
        return Fault{u"requires %1, but its version is %2"_s.arg(wanted, found.toString()),
                     u"update %1"_s.arg(requirement.id)};
    return std::nullopt;
}

bool Resolver::refuseUnmet()
{
    for (const Metadata &plugin : std::as_const(m_waiting)) {
        for (const Requirement &requirement : plugin.requirements) {
            if (const auto fault = unmet(requirement)) {
                refuse(QString(plugin.id), *fault);
                return true;
            }
        }
    }
    return false;
}

bool Resolver::placeNext()
{
    for (const Metadata &plugin : std::as_const(m_waiting)) {
        const bool isReady = std::all_of(
            plugin.requirements.begin(), plugin.requirements.end(),
            [&](const Requirement &requirement) { return m_placed.contains(requirement.id); });
        if (isReady) {
            m_placed.append(plugin.id);
            m_waiting.remove(m_placed.last());
            return true;
        }
    }
    return false;
}

/// Everything that waits has a requirement that waits: following the first of these must come back to where it was.
void Resolver::refuseCircle()
{
    QStringList path{m_waiting.firstKey()};
    while (true) {
        const auto &requirements = m_waiting.value(path.last()).requirements;
        const auto next = std::find_if(requirements.begin(), requirements.end(), [&](const Requirement &requirement) {
            return m_waiting.contains(requirement.id);
        });
        const qsizetype met = path.indexOf(next->id);
        path.append(next->id);
        if (met >= 0) {
            path = path.sliced(met);
            break;
        }
    }
    const Fault fault{u"requires itself in a circle: "_s + path.join(u" -> "_s),
                      u"take one of these requirements away"_s};
    for (const QString &id : path)
        refuse(id, fault);
}

void Resolver::refuse(const QString &id, const Fault &fault)
{
    m_order.refused.insert(id, fault);
    m_waiting.remove(id);
    m_available.remove(id);
}

} // namespace

Order resolveOrder(const QList<Metadata> &plugins, const QHash<QString, QVersionNumber> &present)
{
    return Resolver(plugins, present).resolve();
}

} // namespace quoin::plugins
