// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/problem.h"

#include <QWidget>

class QLabel;
class QToolButton;

namespace admin {

class IconLabel;

/// A problem in place of what could not be shown: title, what the server said, what to do, and "Try again".
class ProblemView : public QWidget
{
    Q_OBJECT

public:
    explicit ProblemView(QWidget *parent = nullptr);

    void setProblem(const Problem &problem);

Q_SIGNALS:
    void retryRequested();

private:
    IconLabel *m_icon;
    QLabel *m_title, *m_detail, *m_remedy, *m_requestId;
    QToolButton *m_retry;
};

} // namespace admin
