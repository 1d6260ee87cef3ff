// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QJsonObject>
#include <QScrollArea>

class QLabel;
class QVBoxLayout;

namespace admin {

class Badge;
class Facts;
class MessageStrip;

/// Everything about one plugin: what it is, why it is so, what it adds to the server.
class PluginDetail : public QScrollArea
{
    Q_OBJECT

public:
    explicit PluginDetail(QWidget *parent = nullptr);

    /// An empty object: nothing is chosen. The place is kept while it is the same plugin.
    void show(const QJsonObject &plugin);

private:
    void build();
    void tellReasons();
    void tellFacts();
    void tellParts();
    QWidget *section(const QString &title, Facts *facts);

    QJsonObject m_plugin;
    QLabel *m_title;
    Badge *m_badge;
    MessageStrip *m_reason, *m_turnedAway;
    Facts *m_facts, *m_routes, *m_tasks, *m_settings;
    QList<std::pair<QWidget *, Facts *>> m_sections;
};

} // namespace admin
