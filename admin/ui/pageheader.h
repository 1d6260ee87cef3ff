// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QWidget>

class QHBoxLayout;
class QLabel;

namespace admin {

class Command;

/// The head of a page: its title, a quiet line beneath, and its main commands at the right.
class PageHeader : public QWidget
{
    Q_OBJECT

public:
    explicit PageHeader(const QString &title, QWidget *parent = nullptr);

    /// Such as "1,204 records"; a change is told to screen readers.
    void setSubtitle(const QString &text);
    /// A button; the primary one is filled with the accent, and there is at most one.
    void addCommand(Command *command, bool isPrimary = false);
    void addWidget(QWidget *widget);

private:
    QLabel *m_subtitle;
    QHBoxLayout *m_right;
};

} // namespace admin
