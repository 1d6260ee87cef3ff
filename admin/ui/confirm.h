// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>

#include <functional>

class QDialog;
class QWidget;

namespace admin {

/// What is asked before something is done that cannot be undone.
struct Question
{
    QString title;    ///< "Delete 3 tasks?"
    QString sentence; ///< what will happen, and that it cannot be undone
    QString action;   ///< the verb on the button: "Delete 3 tasks"
    bool isDestructive = true;
    QString detail = {}; ///< more, in a box that scrolls: the names of what is affected
};

/// Asks over `parent` and calls `yes` if it is confirmed; returns at once, nothing waits. Cancel has the focus of a
/// destructive question. The dialog is a child of `parent` named "confirm" and deletes itself.
QDialog *confirm(QWidget *parent, const Question &question, const std::function<void()> &yes);

} // namespace admin
