// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/installpanel.h"

#include "plugins/gatelist.h"
#include "ui/icons.h"

#include <QEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

InstallPanel::InstallPanel(QWidget *parent)
    : QFrame(parent)
    , m_headline(new QLabel(this))
    , m_sentence(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_gates(new GateList(this))
    , m_close(new QToolButton(this))
{
    build();
    hide();
}

void InstallPanel::build()
{
    setProperty("role", u"card"_s);
    setAccessibleName(tr("Installing a plugin"));
    m_headline->setProperty("role", u"heading"_s);
    m_headline->setTextFormat(Qt::PlainText);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    m_progress->setAccessibleName(tr("Sent to the server"));
    m_close->setProperty("role", u"flat"_s);
    m_close->setIcon(themedIcon(u"close"_s));
    m_close->setToolTip(tr("Close, or cancel while it is being sent"));
    m_close->setAccessibleName(tr("Close"));
    connect(m_close, &QToolButton::clicked, this, [this] {
        m_waiting.clear();
        if (m_job)
            m_job->cancel();
        else
            hide();
    });

    auto *head = new QHBoxLayout;
    head->addWidget(m_headline, 1);
    head->addWidget(m_close);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 14, 14, 18);
    layout->setSpacing(10);
    layout->addLayout(head);
    layout->addWidget(m_sentence);
    layout->addWidget(m_progress);
    layout->addWidget(m_gates);
}

void InstallPanel::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        m_close->setIcon(themedIcon(u"close"_s));
}

void InstallPanel::setSession(Session *session)
{
    m_session = session;
    m_waiting.clear();
    delete m_job; // its request ends without a word
    hide();
}

void InstallPanel::install(const QStringList &files)
{
    m_waiting += files;
    if (!m_job)
        next();
}

void InstallPanel::next()
{
    if (m_waiting.isEmpty() || !m_session)
        return;
    m_job = new InstallJob(m_session, m_waiting.takeFirst(), this);
    m_gates->reset();
    m_progress->setRange(0, 0);
    m_progress->show();
    tell(tr("Installing %1").arg(QFileInfo(m_job->file()).fileName()),
         m_waiting.isEmpty() ? tr("Every gate must let it pass; until then nothing changes for anybody.")
                             : tr("%1 more wait.").arg(m_waiting.size()));
    connect(m_job, &InstallJob::uploadProgress, this, [this](qint64 sent, qint64 total) {
        constexpr qint64 unit = 1024; // so that it fits into an int
        m_progress->setRange(0, static_cast<int>(total / unit));
        m_progress->setValue(static_cast<int>(sent / unit));
    });
    connect(m_job, &InstallJob::decided, this, [this](const Gate &gate) {
        m_progress->hide();
        m_gates->show(gate);
    });
    connect(m_job, &InstallJob::finished, this, &InstallPanel::conclude);
    show();
    m_job->start();
}

void InstallPanel::conclude()
{
    const InstallJob &job = *m_job;
    const QString name = job.pluginId().isEmpty() ? QFileInfo(job.file()).fileName() : job.pluginId();
    m_progress->hide();
    m_gates->end();
    if (job.problem())
        tell(tr("%1 was not installed").arg(name), job.problem().sentence());
    else if (job.outcome() == u"live"_s)
        tell(tr("%1 %2 is live").arg(name, job.version()), tr("No request was lost on the way."));
    else if (job.outcome() == u"unchanged"_s)
        tell(tr("%1 is there already").arg(name), tr("The server has this very file; nothing was changed."));
    else if (job.outcome() == u"pending"_s)
        tell(tr("%1 is in the plugin folder").arg(name),
             tr("The server has not decided yet. The list shows what becomes of it."));
    else
        tell(tr("%1 was refused").arg(name), tr("Nothing has changed. The gate that did not let it pass says why."));
    const QString id = job.pluginId();
    const QString outcome = job.problem() ? u"failed"_s : job.outcome();
    m_job->deleteLater();
    m_job = nullptr;
    Q_EMIT settled(id, outcome);
    if (outcome == u"live"_s || m_waiting.size() > 0)
        next();
}

void InstallPanel::tell(const QString &headline, const QString &sentence)
{
    m_headline->setText(headline);
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
}

QString InstallPanel::headline() const { return m_headline->text(); }

} // namespace admin
