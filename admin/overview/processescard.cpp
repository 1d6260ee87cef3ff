// SPDX-License-Identifier: GPL-3.0-only
#include "overview/processescard.h"

#include "ui/badge.h"
#include "ui/times.h"

#include <QHBoxLayout>
#include <QJsonObject>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

constexpr qint64 lateBeat = 2000; ///< milliseconds: a process beats several times a second

QString wordsOf(const QJsonObject &worker)
{
    QStringList words;
    if (worker[u"role"_s].toString() == u"web"_s)
        words << ProcessesCard::tr("%Ln connection(s)", nullptr, worker[u"connections"_s].toInt());
    if (const int running = worker[u"running_tasks"_s].toInt(); running > 0)
        words << ProcessesCard::tr("%Ln task(s) running", nullptr, running);
    if (const int waiting = worker[u"waiting_jobs"_s].toInt(); waiting > 0)
        words << ProcessesCard::tr("%Ln job(s) waiting", nullptr, waiting);
    if (worker[u"beat_age_ms"_s].toInteger() > lateBeat)
        words
            << ProcessesCard::tr("last heard of %1 ago").arg(durationText(worker[u"beat_age_ms"_s].toInteger() * 1000));
    if (worker[u"role"_s].toString() == u"web"_s)
        words << ProcessesCard::tr("%Ln request(s)", nullptr, worker[u"requests"_s].toInt());
    return words.join(u" · "_s);
}

Tone toneOf(const QJsonObject &worker)
{
    if (worker[u"beat_age_ms"_s].toInteger() > lateBeat)
        return Tone::Bad;
    return worker[u"state"_s].toString() == u"ready"_s ? Tone::Good : Tone::Warning;
}

} // namespace

ProcessesCard::ProcessesCard(QWidget *parent)
    : QFrame(parent)
    , m_list(new QVBoxLayout)
    , m_title(new QLabel(tr("Processes"), this))
{
    setProperty("role", u"card"_s);
    m_title->setProperty("role", u"muted"_s);
    auto *inner = new QWidget;
    auto *column = new QVBoxLayout(inner);
    column->setContentsMargins(0, 0, 6, 0);
    column->addLayout(m_list);
    column->addStretch();
    m_list->setSpacing(10);
    auto *scroll = new QScrollArea(this);
    scroll->setProperty("role", u"plain"_s);
    scroll->setAccessibleName(tr("Processes"));
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(inner);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(18, 14, 12, 14);
    layout->setSpacing(12);
    layout->addWidget(m_title);
    layout->addWidget(scroll, 1);
}

void ProcessesCard::setWorkers(const QJsonArray &workers)
{
    while (m_rows.size() > workers.size())
        delete m_rows.takeLast().widget;
    while (m_rows.size() < workers.size())
        m_rows << makeRow();
    for (qsizetype i = 0; i < workers.size(); ++i) {
        const auto worker = workers[i].toObject();
        const bool isWeb = worker[u"role"_s].toString() == u"web"_s;
        m_rows[i].name->setText((isWeb ? tr("Web %1") : tr("Tasks %1")).arg(worker[u"pid"_s].toInteger()));
        m_rows[i].words->setText(wordsOf(worker));
        m_rows[i].state->set(worker[u"state"_s].toString(), toneOf(worker));
    }
}

ProcessesCard::Row ProcessesCard::makeRow()
{
    Row row{new QWidget(this), nullptr, nullptr, nullptr};
    row.name = new QLabel(row.widget);
    row.words = new QLabel(row.widget);
    row.words->setProperty("role", u"caption"_s);
    row.words->setWordWrap(true);
    row.state = new Badge(row.widget);
    auto *text = new QVBoxLayout;
    text->setSpacing(1);
    text->addWidget(row.name);
    text->addWidget(row.words);
    auto *layout = new QHBoxLayout(row.widget);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(text, 1);
    layout->addWidget(row.state, 0, Qt::AlignTop);
    m_list->addWidget(row.widget);
    return row;
}

} // namespace admin
