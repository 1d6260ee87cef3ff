// SPDX-License-Identifier: GPL-3.0-only
#include "ui/windowcommands.h"

#include "ui/connector.h"
#include "ui/curldialog.h"
#include "ui/icons.h"
#include "ui/mainwindow.h"
#include "ui/page.h"
#include "ui/palette.h"
#include "ui/theme.h"

#include <QKeySequence>

using namespace Qt::StringLiterals;

namespace admin {

WindowCommands::WindowCommands(MainWindow *window, Theme *theme)
    : QObject(window)
    , m_window(window)
{
    m_palette = add(u"window.palette"_s, tr("Search commands"), u"search"_s, QKeySequence(u"Ctrl+K"_s));
    connect(m_palette, &QAction::triggered, this, &WindowCommands::showPalette);
    m_refresh = add(u"window.refresh"_s, tr("Refresh"), u"refresh"_s, QKeySequence(QKeySequence::Refresh));
    m_refresh->setKeywords(tr("reload update"));
    connect(m_refresh, &QAction::triggered, this, [this] {
        m_window->session()->refresh();
        if (Page *page = m_window->currentPage())
            page->refresh();
    });
    m_curl = add(u"window.curl"_s, tr("Copy as curl…"), u"terminal"_s, QKeySequence(u"Ctrl+Shift+C"_s));
    m_curl->setKeywords(tr("request shell command line HTTP"));
    connect(m_curl, &QAction::triggered, this, &WindowCommands::showCurl);
    m_readOnly = add(u"window.readOnly"_s, tr("Read-only"), u"lock"_s, QKeySequence(u"Ctrl+Shift+R"_s));
    m_readOnly->setCheckable(true);
    m_readOnly->setKeywords(tr("safe look protect write"));
    connect(m_readOnly, &QAction::triggered, this, [this](bool isOn) { m_window->setReadOnly(isOn); });
    auto *connectTo = add(u"window.connect"_s, tr("Connect to another server…"), u"server"_s,
                          QKeySequence(u"Ctrl+Shift+N"_s));
    connectTo->setKeywords(tr("new connection address token"));
    connect(connectTo, &QAction::triggered, this, [this] { m_window->connector().add(); });
    if (theme)
        addTheme(theme);
    auto *quit = add(u"window.quit"_s, tr("Quit"), u"power"_s, QKeySequence(u"Ctrl+Q"_s));
    connect(quit, &QAction::triggered, m_window, &QWidget::close);
    update();
}

Command *WindowCommands::add(const QString &id, const QString &text, const QString &icon, const QKeySequence &keys)
{
    auto *command = new Command(id, text, icon, Command::Effect::Looks, this);
    command->setShortcut(keys);
    m_window->addAction(command);
    m_all << command;
    return command;
}

void WindowCommands::addTheme(Theme *theme)
{
    m_themeSwitch = add(u"window.theme"_s, tr("Dark or light"), u"moon"_s, QKeySequence(u"Ctrl+Shift+D"_s));
    m_themeSwitch->setKeywords(tr("theme night colours appearance"));
    connect(m_themeSwitch, &QAction::triggered, this,
            [theme] { theme->choose(theme->isDark() ? Theme::Choice::Light : Theme::Choice::Dark); });
    auto *follow = add(u"window.themeOfDesktop"_s, tr("Dark or light as the desktop"), u"sun"_s, {});
    connect(follow, &QAction::triggered, this, [theme] { theme->choose(Theme::Choice::Desktop); });
    const auto name = [this, theme] {
        m_themeSwitch->setText(theme->isDark() ? tr("Light colours") : tr("Dark colours"));
        m_themeSwitch->setIcon(themedIcon(theme->isDark() ? u"sun"_s : u"moon"_s));
    };
    connect(theme, &Theme::changed, this, name);
    name();
}

void WindowCommands::setPages(const QList<Page *> &pages)
{
    for (Command *command : std::as_const(m_goTo)) {
        m_all.removeOne(command);
        delete command;
    }
    m_goTo.clear();
    for (int i = 0; i < pages.size(); ++i) {
        const QKeySequence keys = i < 9 ? QKeySequence(u"Alt+%1"_s.arg(i + 1)) : QKeySequence();
        auto *command = add(u"window.goTo."_s + pages[i]->id(), tr("Go to %1").arg(pages[i]->title()),
                            pages[i]->iconName(), keys);
        connect(command, &QAction::triggered, this, [this, page = pages[i]] {
            m_window->showPage(page);
            page->setFocus(Qt::ShortcutFocusReason);
        });
        m_goTo << command;
    }
}

void WindowCommands::update()
{
    const Session *session = m_window->session();
    const QString why = session ? QString() : tr("Connect to a server first");
    for (Command *command : {m_refresh, m_curl, m_readOnly})
        command->setPossible(session, why);
    const bool isReadOnly = session && session->isReadOnly();
    m_readOnly->setChecked(isReadOnly);
    m_readOnly->setText(isReadOnly ? tr("Read-only is on") : tr("Read-only"));
    m_readOnly->setIcon(themedIcon(isReadOnly ? u"lock"_s : u"unlock"_s));
    m_readOnly->setHelp(isReadOnly ? tr("Allow changes on this server again")
                                   : tr("Look only: nothing is changed on this server by this window"));
}

void WindowCommands::showPalette()
{
    QList<CommandPalette::Entry> entries;
    const auto addPage = [&](Page *page) {
        for (Command *command : page->commands()) {
            entries << CommandPalette::Entry{command, page->title(), [this, page] { m_window->showPage(page); }};
        }
    };
    if (Page *current = m_window->currentPage())
        addPage(current);
    for (Command *command : std::as_const(m_all)) {
        if (command != m_palette)
            entries << CommandPalette::Entry{command, {}};
    }
    for (Page *page : m_window->offeredPages()) {
        if (page != m_window->currentPage())
            addPage(page);
    }
    auto *palette = new CommandPalette(entries, m_window);
    for (const auto choices = Connector::choices(); const Connection &connection : choices) {
        auto *command = new Command(u"window.open."_s + connection.id, tr("Connect to %1").arg(connection.name),
                                    u"server"_s, Command::Effect::Looks, palette);
        connect(command, &QAction::triggered, m_window, [this, id = connection.id] { m_window->connector().open(id); });
        palette->add({command, connection.url.authority()});
    }
    palette->show();
}

void WindowCommands::showCurl()
{
    Session *session = m_window->session();
    auto requests = session->api().recent(m_window->currentPage());
    if (requests.isEmpty())
        requests = session->api().recent(session); // at least the greeting
    auto *dialog = new CurlDialog(requests, session->api().baseUrl(), m_window);
    connect(dialog, &CurlDialog::copied, m_window, [this] { m_window->say(tr("Copied")); });
    dialog->open();
}

} // namespace admin
