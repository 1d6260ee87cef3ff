// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "tasks/shortlistview.h"

namespace admin {

/// The queues: how many wait in each and for how long; pause and resume.
class QueuesView : public ShortListView
{
    Q_OBJECT

public:
    explicit QueuesView(QWidget *parent = nullptr);

    QList<Command *> commands() const override { return {m_pause, m_resume, m_show}; }

Q_SIGNALS:
    /// Show the tasks of this name.
    void tasksRequested(const QString &name);

protected:
    void updateCommands() override;
    void take(const QJsonObject &answer) override;

private:
    void changeSelected(bool pauses);
    Command *make(const QString &id, const QString &text, const QString &icon, const QString &help);

    Command *m_pause, *m_resume, *m_show;
    QString m_kind;
};

} // namespace admin
