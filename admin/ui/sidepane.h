// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/connection.h"

#include <QWidget>

class QVBoxLayout;

namespace admin {

class Command;
class ConnectionButton;
class SideBar;

/// The left of the window: which server this is, the pages, and a few commands of the window.
class SidePane : public QWidget
{
    Q_OBJECT

public:
    explicit SidePane(QWidget *parent = nullptr);

    SideBar *sideBar() const { return m_sideBar; }
    ConnectionButton *connectionButton() const { return m_connection; }
    /// A quiet row at the bottom.
    void addCommand(Command *command);

private:
    ConnectionButton *m_connection;
    SideBar *m_sideBar;
    QVBoxLayout *m_bottom;
};

} // namespace admin
