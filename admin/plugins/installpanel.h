// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/installjob.h"

#include <QFrame>
#include <QStringList>

class QLabel;
class QProgressBar;
class QToolButton;

namespace admin {

class GateList;

/// Plugin files on their way to the server, one after the other: the upload, each gate, and how it ended. Hidden while
/// there is nothing to tell.
class InstallPanel : public QFrame
{
    Q_OBJECT

public:
    explicit InstallPanel(QWidget *parent = nullptr);

    /// Another server, or none: what is under way ends.
    void setSession(Session *session);
    void install(const QStringList &files);
    bool isBusy() const { return m_job; }
    QString headline() const;
    const GateList &gates() const { return *m_gates; }

Q_SIGNALS:
    /// A file was decided on: there is something new to see. id may be empty.
    void settled(const QString &id, const QString &outcome);

protected:
    void changeEvent(QEvent *event) override;

private:
    void build();
    void next();
    void conclude();
    void tell(const QString &headline, const QString &sentence);

    QPointer<Session> m_session;
    QStringList m_waiting;
    QPointer<InstallJob> m_job;
    QLabel *m_headline, *m_sentence;
    QProgressBar *m_progress;
    GateList *m_gates;
    QToolButton *m_close;
};

} // namespace admin
