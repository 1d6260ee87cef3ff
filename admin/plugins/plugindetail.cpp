// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/plugindetail.h"

#include "plugins/pluginwords.h"
#include "ui/badge.h"
#include "ui/facts.h"
#include "ui/messagestrip.h"
#include "ui/times.h"

#include <QHBoxLayout>
#include <QJsonArray>
#include <QLabel>
#include <QScrollBar>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString joined(const QJsonValue &list)
{
    QStringList texts;
    for (const QJsonValue &value : list.toArray())
        texts += value.isObject()
            ? PluginDetail::tr("%1 starts %2").arg(value[u"event"_s].toString(), value[u"task"_s].toString())
            : value.toString();
    return texts.join(u"\n"_s);
}

} // namespace

PluginDetail::PluginDetail(QWidget *parent)
    : QScrollArea(parent)
    , m_title(new QLabel)
    , m_badge(new Badge)
    , m_reason(new MessageStrip)
    , m_turnedAway(new MessageStrip)
    , m_facts(new Facts)
    , m_routes(new Facts)
    , m_tasks(new Facts)
    , m_settings(new Facts)
{
    build();
}

void PluginDetail::build()
{
    setProperty("role", u"plain"_s);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Details of the plugin"));
    m_title->setProperty("role", u"heading"_s);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);

    auto *head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(m_badge, 0, Qt::AlignTop);
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(4, 0, 8, 8);
    layout->setSpacing(14);
    layout->addLayout(head);
    layout->addWidget(m_reason);
    layout->addWidget(m_turnedAway);
    layout->addWidget(m_facts);
    layout->addWidget(section(tr("Routes"), m_routes));
    layout->addWidget(section(tr("Tasks and events"), m_tasks));
    layout->addWidget(section(tr("Settings"), m_settings));
    layout->addStretch(1);
    setWidget(content);
    show(QJsonObject());
}

QWidget *PluginDetail::section(const QString &title, Facts *facts)
{
    auto *box = new QWidget;
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(8);
    auto *heading = new QLabel(title);
    heading->setProperty("role", u"heading"_s);
    layout->addWidget(heading);
    layout->addWidget(facts);
    m_sections.append({box, facts});
    return box;
}

void PluginDetail::show(const QJsonObject &plugin)
{
    const bool isSame = plugin[u"id"_s] == m_plugin[u"id"_s];
    m_plugin = plugin;
    widget()->setVisible(!plugin.isEmpty());
    if (plugin.isEmpty())
        return;
    const QString state = plugin[u"state"_s].toString();
    m_title->setText(pluginTitle(plugin));
    m_badge->set(pluginStateText(state), pluginStateTone(state));
    tellReasons();
    tellFacts();
    tellParts();
    if (!isSame)
        verticalScrollBar()->setValue(0);
}

void PluginDetail::tellReasons()
{
    const QString reason = pluginReason(m_plugin);
    const Tone tone = pluginStateTone(m_plugin[u"state"_s].toString());
    m_reason->setVisible(!reason.isEmpty());
    if (!reason.isEmpty())
        m_reason->tell(reason, tone == Tone::Good ? Tone::Info : tone);
    const QJsonObject turnedAway = m_plugin[u"turned_away"_s].toObject();
    m_turnedAway->setVisible(!turnedAway.isEmpty());
    if (!turnedAway.isEmpty())
        m_turnedAway->tell(tr("Version %1 in the plugin folder was turned away (%2). %3")
                               .arg(turnedAway[u"version"_s].toString(tr("unknown")),
                                    pluginStateText(turnedAway[u"state"_s].toString()), pluginReason(turnedAway)),
                           Tone::Warning);
}

void PluginDetail::tellFacts()
{
    const QDateTime since = timeOf(m_plugin[u"since"_s].toString());
    const QJsonObject previous = m_plugin[u"previous"_s].toObject();
    const int crashes = m_plugin[u"crashes"_s].toInt();
    m_facts->set({{tr("Id"), m_plugin[u"id"_s].toString(), {}, {}, true},
                  {tr("Version"), m_plugin[u"version"_s].toString()},
                  {tr("In this state"), since.isValid() ? relativeTime(since) : QString(), exactTime(since)},
                  {tr("Version before"), previous[u"version"_s].toString(), previous[u"sha256"_s].toString()},
                  {tr("Crashes"), crashes > 0 ? countText(crashes) : QString()},
                  {tr("Built with SDK"), m_plugin[u"sdk"_s].toVariant().toString()},
                  {tr("File"), m_plugin[u"file"_s].toString(), {}, {}, true},
                  {tr("SHA-256"), m_plugin[u"sha256"_s].toString(), {}, {}, true}});
}

void PluginDetail::tellParts()
{
    QList<Facts::Fact> routes;
    for (const QJsonValue &value : m_plugin[u"routes"_s].toArray()) {
        const QJsonObject route = value.toObject();
        const QString scope = route[u"scope"_s].toString();
        routes.append({route[u"method"_s].toString() + u' ' + route[u"path"_s].toString(),
                       route[u"summary"_s].toString(u"\u2014"_s),
                       scope.isEmpty() ? tr("Open to everybody") : tr("Wants the scope %1").arg(scope)});
    }
    m_routes->set(routes);
    m_tasks->set({{tr("Tasks"), joined(m_plugin[u"tasks"_s]), {}, {}, true},
                  {tr("Subscribes to"), joined(m_plugin[u"subscriptions"_s]), {}, {}, true},
                  {tr("Migrations"), joined(m_plugin[u"migrations"_s]), {}, {}, true}});
    m_settings->set({{tr("Keys"), joined(m_plugin[u"settings"_s]), {}, {}, true}});
    const auto has = [this](const char16_t *name) { return !m_plugin[QStringView(name)].toArray().isEmpty(); };
    m_sections[0].first->setVisible(!routes.isEmpty());
    m_sections[1].first->setVisible(has(u"tasks") || has(u"subscriptions") || has(u"migrations"));
    m_sections[2].first->setVisible(has(u"settings"));
}

} // namespace admin
