// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/command.h"

#include <QList>
#include <QObject>

namespace admin {

class MainWindow;
class Page;
class Theme;

/// What can be done in the window whichever page is shown, and the palette that has all of it.
class WindowCommands : public QObject
{
    Q_OBJECT

public:
    /// `theme` may be null: then there is nothing to choose.
    WindowCommands(MainWindow *window, Theme *theme);

    Command *palette() const { return m_palette; }
    Command *readOnly() const { return m_readOnly; }
    Command *theme() const { return m_themeSwitch; }
    const QList<Command *> &all() const { return m_all; }
    /// Alt+1, Alt+2, ... for the pages of the side bar.
    void setPages(const QList<Page *> &pages);
    /// After another session, or a change of its switches.
    void update();

private:
    Command *add(const QString &id, const QString &text, const QString &icon, const QKeySequence &keys);
    void addTheme(Theme *theme);
    void showPalette();
    void showCurl();

    MainWindow *m_window;
    QList<Command *> m_all, m_goTo;
    Command *m_palette = nullptr, *m_readOnly = nullptr, *m_themeSwitch = nullptr, *m_refresh = nullptr,
            *m_curl = nullptr;
};

} // namespace admin
