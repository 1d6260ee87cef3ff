// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "tasks/shortlistview.h"

namespace admin {

/// The processes of the server: whether each is alive, and what it does at the moment; drain one.
class WorkersView : public ShortListView
{
    Q_OBJECT

public:
    explicit WorkersView(QWidget *parent = nullptr);

    QList<Command *> commands() const override { return {m_drain}; }

protected:
    void updateCommands() override;

private:
    void askDrain();

    Command *m_drain;
};

} // namespace admin
