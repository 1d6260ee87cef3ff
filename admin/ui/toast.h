// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QTimer>
#include <QWidget>

class QLabel;

namespace admin {

/// A short sentence at the bottom of the window that something was done. It goes away by itself, takes no focus and no
/// clicks, and is told to screen readers.
class Toast : public QWidget
{
    Q_OBJECT

public:
    explicit Toast(QWidget *parent);

    void say(const QString &sentence);
    QString text() const;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void place();

    QLabel *m_label;
    QTimer m_life;
};

} // namespace admin
