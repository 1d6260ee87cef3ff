// SPDX-License-Identifier: GPL-3.0-only
#include "screenshots.h"

#include "ui/mainwindow.h"
#include "ui/page.h"
#include "ui/theme.h"

#include <QDir>
#include <QPixmap>
#include <QTimer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

Screenshots::Screenshots(MainWindow &window, const QString &folder)
    : QObject(&window)
    , m_window(window)
    , m_folder(folder)
{
}

void Screenshots::start()
{
    m_window.resize(1440, 900);
    m_window.show();
    if (!QDir().mkpath(m_folder)) {
        m_problems << tr("the folder %1 cannot be made").arg(m_folder);
        QTimer::singleShot(0, this, [this] { Q_EMIT done(m_problems); });
        return;
    }
    m_waited.start();
    begin();
}

// Until the server said what it offers.
void Screenshots::begin()
{
    const Session *session = m_window.session();
    const Problem problem = session ? m_window.session()->reachability().problem() : Problem{};
    if (!m_window.offeredPages().isEmpty()) {
        next();
    } else if (m_waited.elapsed() > 10'000) {
        m_problems << (problem ? problem.sentence()
                               : tr("there is no server to take pictures of; give --url and --token-file"));
        Q_EMIT done(m_problems);
    } else {
        QTimer::singleShot(50ms, this, &Screenshots::begin);
    }
}

void Screenshots::next()
{
    if (++m_index >= m_window.offeredPages().size()) {
        Q_EMIT done(m_problems);
        return;
    }
    Page *page = m_window.offeredPages()[m_index];
    m_window.showPage(page);
    m_waited.start();
    waitFor(page);
}

void Screenshots::waitFor(Page *page)
{
    const bool isLate = m_waited.elapsed() > 10'000;
    // What came in is laid out and painted after the event that says so.
    if (page->isReady() && m_waited.elapsed() > 600) {
        shoot(page);
    } else if (isLate) {
        m_problems << tr("the page %1 was not ready after 10 s").arg(page->title());
        shoot(page);
    } else {
        QTimer::singleShot(50ms, this, [this, page] { waitFor(page); });
    }
}

void Screenshots::shoot(Page *page)
{
    if (QWidget *focused = m_window.focusWidget())
        focused->clearFocus(); // a picture shows no cursor
    Theme::dress(false);
    save(page->id());
    Theme::dress(true);
    save(page->id() + u"-dark"_s);
    Theme::dress(false);
    next();
}

void Screenshots::save(const QString &name)
{
    const QString path = QDir(m_folder).filePath(name + u".png"_s);
    if (!m_window.grab().save(path))
        m_problems << tr("%1 cannot be written").arg(path);
}

} // namespace admin
