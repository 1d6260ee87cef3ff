// SPDX-License-Identifier: GPL-3.0-only
#include "records/jobbar.h"

#include "records/job.h"
#include "ui/iconlabel.h"
#include "ui/icons.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace admin {

JobBar::JobBar(Job *job, QWidget *parent)
    : QFrame(parent)
    , m_job(job)
    , m_icon(new IconLabel(u"clock"_s, 18, this))
    , m_text(new QLabel(job->title(), this))
    , m_figures(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_cancel(new QToolButton(this))
    , m_line(new QHBoxLayout(this))
{
    job->setParent(this);
    setProperty("role", u"card"_s);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_figures->setProperty("role", u"muted"_s);
    m_progress->setTextVisible(false);
    m_progress->setRange(0, 0);
    m_progress->setFixedWidth(220);
    m_progress->setAccessibleName(job->title());
    m_cancel->setText(tr("Cancel"));
    m_cancel->setIcon(themedIcon(u"cancel"_s));
    m_cancel->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_cancel->setProperty("role", u"button"_s);
    m_cancel->setFocusPolicy(Qt::StrongFocus);
    m_line->setContentsMargins(14, 8, 8, 8);
    m_line->setSpacing(12);
    m_line->addWidget(m_icon);
    m_line->addWidget(m_text, 1);
    m_line->addWidget(m_figures);
    m_line->addWidget(m_progress);
    m_line->addWidget(m_cancel);
    connect(m_cancel, &QToolButton::clicked, this, [this] {
        if (m_job->hasEnded())
            deleteLater();
        else
            m_job->cancel();
    });
    connect(job, &Job::progressed, this, &JobBar::showProgress);
    connect(job, &Job::ended, this, &JobBar::showEnd);
    job->start();
}

void JobBar::showProgress(qint64 done, qint64 total)
{
    if (m_job->hasEnded())
        return;
    m_progress->setRange(0, total > 0 ? 1000 : 0);
    m_progress->setValue(total > 0 ? static_cast<int>(1000.0 * double(done) / double(total)) : 0);
    m_figures->setText(total > 0 ? tr("%1 %").arg(100 * done / total) : QString());
}

void JobBar::showEnd()
{
    const auto kind = m_job->problem().kind;
    const bool isGood = kind == Problem::Kind::None;
    m_icon->set(isGood                                 ? u"ok"_s
                    : kind == Problem::Kind::Cancelled ? u"info"_s
                                                       : u"error"_s,
                isGood                                 ? Tone::Good
                    : kind == Problem::Kind::Cancelled ? Tone::Neutral
                                                       : Tone::Bad);
    m_text->setText(m_job->summary());
    m_progress->hide();
    m_figures->hide();
    m_cancel->setText(tr("Close"));
    m_cancel->setIcon(themedIcon(u"close"_s));
    Q_EMIT ended();
}

QToolButton *JobBar::addAction(const QString &text)
{
    auto *button = new QToolButton(this);
    button->setText(text);
    button->setProperty("role", u"button"_s);
    button->setFocusPolicy(Qt::StrongFocus);
    m_line->insertWidget(m_line->count() - 1, button);
    return button;
}

} // namespace admin
