// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>

#include <functional>

namespace admin {

class MainWindow;
class Page;

/// Pictures of all pages of a server for documentation: `<page>.png` and `<page>-dark.png`, 1440 x 900. A page is
/// waited for until it says it is ready, for ten seconds at most.
class Screenshots : public QObject
{
    Q_OBJECT

public:
    Screenshots(MainWindow &window, const QString &folder);

    void start();

Q_SIGNALS:
    /// A sentence for each page that was not ready or not written; none: all is well.
    void done(const QStringList &problems);

private:
    void begin();
    void next();
    void waitFor(Page *page);
    void shoot(Page *page);
    void save(const QString &name);

    MainWindow &m_window;
    QString m_folder;
    QStringList m_problems;
    QElapsedTimer m_waited;
    int m_index = -1;
};

} // namespace admin
