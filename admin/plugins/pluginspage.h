// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/page.h"

namespace admin {

class ContentView;
class InstallPanel;
class MessageStrip;
class PageHeader;
class PluginActions;
class PluginCards;
class PluginDetail;

/// The plugins of the server as cards, what is to be known of one, and what can be done to it; files that are dropped
/// here are installed.
class PluginsPage : public Page
{
    Q_OBJECT

public:
    explicit PluginsPage(QWidget *parent = nullptr);

    QString id() const override;
    QString title() const override;
    QString iconName() const override;
    bool isOffered(const Endpoints &endpoints) const override;
    void setSession(Session *session) override;
    QList<Command *> commands() const override;
    /// Plugins that are refused or quarantined.
    int badge() const override { return m_bad; }
    bool isReady() const override { return m_isLoaded; }
    void activated() override;
    /// {"id": plugin}, or {"install": [path, ...]}.
    void open(const QJsonObject &what) override;

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void build();
    void connectAll();
    void fetch();
    void take(const ApiReply &reply);
    void show(const QJsonArray &plugins);
    void chooseFiles();
    void install(const QStringList &files);
    void offerInstall();

    QPointer<Session> m_session;
    QPointer<ApiReply> m_reply;
    PageHeader *m_header;
    MessageStrip *m_strip;
    InstallPanel *m_panel;
    PluginCards *m_cards;
    PluginDetail *m_detail;
    ContentView *m_content = nullptr;
    PluginActions *m_actions;
    Command *m_install;
    QString m_uploadRefusal; ///< Why the server takes no files; empty: it does.
    int m_bad = 0;
    bool m_isLoaded = false, m_isStale = false;
};

} // namespace admin
