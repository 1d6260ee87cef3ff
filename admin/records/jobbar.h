// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QProgressBar;
class QToolButton;

namespace admin {

class IconLabel;
class Job;

/// What a job does, how far it is, and what came of it; then it can be closed. Owns the job.
class JobBar : public QFrame
{
    Q_OBJECT

public:
    /// Starts it.
    JobBar(Job *job, QWidget *parent);

    Job *job() const { return m_job; }
    /// After its end: something to do about it.
    QToolButton *addAction(const QString &text);

Q_SIGNALS:
    /// Once, when the job has ended.
    void ended();

private:
    void showProgress(qint64 done, qint64 total);
    void showEnd();

    Job *m_job;
    IconLabel *m_icon;
    QLabel *m_text, *m_figures;
    QProgressBar *m_progress;
    QToolButton *m_cancel;
    QHBoxLayout *m_line;
};

} // namespace admin
