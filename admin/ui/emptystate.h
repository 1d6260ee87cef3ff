// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace admin {

class Command;

/// What is shown where there is nothing: a drawing, a few words, a sentence, and what to do about it.
class EmptyState : public QWidget
{
    Q_OBJECT

public:
    EmptyState(const QString &icon, const QString &title, const QString &sentence, QWidget *parent = nullptr);

    void setText(const QString &title, const QString &sentence);
    /// A button below the sentence.
    void addCommand(Command *command);

private:
    QLabel *m_title, *m_sentence;
    QVBoxLayout *m_layout;
};

} // namespace admin
