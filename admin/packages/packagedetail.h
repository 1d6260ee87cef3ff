// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"

#include <QFrame>
#include <QPointer>

class QHBoxLayout;
class QLabel;
class QStackedWidget;

namespace admin {

class Badge;
class Command;
class Facts;
class IconLabel;
class PackageContents;
class TabBar;
class TextBlock;

/// One package beside the table: how it stands, its digest, and a look inside.
class PackageDetail : public QFrame
{
    Q_OBJECT

public:
    explicit PackageDetail(QWidget *parent = nullptr);

    void setSession(Session *session);
    void showPackage(const QJsonObject &package);
    qint64 packageId() const { return m_id; }
    void addCommand(Command *command);
    /// The look inside, instead of the facts.
    void showContents(bool shown);
    PackageContents *contents() const { return m_contents; }
    bool isComplete() const;

Q_SIGNALS:
    void recordRequested(qint64 record);
    void closeRequested();
    void completed();

private:
    void build();
    QLayout *buildHead();
    QWidget *buildFacts();
    void offer();

    QPointer<Session> m_session;
    qint64 m_id = 0;
    QString m_sha256;
    QLabel *m_title, *m_file, *m_advice;
    IconLabel *m_adviceIcon;
    Badge *m_state;
    Facts *m_facts;
    TextBlock *m_digest;
    PackageContents *m_contents;
    TabBar *m_tabs;
    QStackedWidget *m_stack;
    QHBoxLayout *m_buttons;
};

} // namespace admin
