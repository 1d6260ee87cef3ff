// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/taskdetail.h"

#include "tasks/attempttimeline.h"
#include "tasks/rawjson.h"
#include "tasks/taskadvice.h"
#include "tasks/taskcolumns.h"
#include "tasks/taskstate.h"
#include "ui/badge.h"
#include "ui/command.h"
#include "ui/commandbutton.h"
#include "ui/facts.h"
#include "ui/iconlabel.h"
#include "ui/icons.h"
#include "ui/messagestrip.h"
#include "ui/textblock.h"
#include "ui/times.h"

#include <QHBoxLayout>
#include <QJsonDocument>
#include <QLabel>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QLabel *labelOf(const QString &role, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setProperty("role", role);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

QString adviceIcon(Tone tone)
{
    return tone == Tone::Good   ? u"ok"_s
        : tone == Tone::Bad     ? u"error"_s
        : tone == Tone::Warning ? u"warning"_s
                                : u"info"_s;
}

} // namespace

TaskDetail::TaskDetail(QWidget *parent)
    : QFrame(parent)
    , m_title(labelOf(u"heading"_s, this))
    , m_name(labelOf(u"muted"_s, this))
    , m_adviceTitle(labelOf(QString(), this))
    , m_advice(labelOf(u"muted"_s, this))
    , m_adviceIcon(new IconLabel(u"info"_s, 20, this))
    , m_state(new Badge(this))
    , m_timeline(new AttemptTimeline(this))
    , m_facts(new Facts(this))
    , m_error(new TextBlock(tr("Error"), this))
    , m_arguments(new TextBlock(tr("Arguments, as pushed"), this))
    , m_result(new TextBlock(tr("Result"), this))
    , m_message(new MessageStrip(this))
{
    setProperty("role", u"card"_s);
    setAccessibleName(tr("The task"));
    m_error->setLongest(22);
    build();
}

void TaskDetail::build()
{
    auto *inner = new QWidget(this);
    auto *column = new QVBoxLayout(inner);
    column->setContentsMargins(18, 0, 18, 18);
    column->setSpacing(14);
    column->addWidget(m_message);
    column->addWidget(buildAdvice());
    column->addWidget(m_error);
    auto *caption = labelOf(u"caption"_s, this);
    caption->setText(tr("Attempts"));
    column->addWidget(caption);
    column->addWidget(m_timeline);
    column->addWidget(m_arguments);
    column->addWidget(m_result);
    column->addWidget(m_facts);
    column->addStretch();
    auto *scroll = new QScrollArea(this);
    scroll->setProperty("role", u"plain"_s);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(inner);
    scroll->setAccessibleName(tr("Details of the task"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 14, 1, 1);
    layout->setSpacing(12);
    layout->addLayout(buildHead());
    layout->addWidget(scroll, 1);
    connect(m_facts, &Facts::linkActivated, this,
            [this](const QString &link) { Q_EMIT recordRequested(link.toLongLong()); });
}

QLayout *TaskDetail::buildHead()
{
    auto *close = new QToolButton(this);
    close->setIcon(themedIcon(u"close"_s));
    close->setProperty("role", u"flat"_s);
    close->setFocusPolicy(Qt::StrongFocus);
    close->setToolTip(tr("Close the details (Esc)"));
    close->setAccessibleName(tr("Close the details"));
    connect(close, &QToolButton::clicked, this, &TaskDetail::closeRequested);
    auto *upper = new QHBoxLayout;
    upper->setSpacing(10);
    upper->addWidget(m_title);
    upper->addWidget(m_state);
    upper->addStretch();
    upper->addWidget(close);
    m_title->setWordWrap(false);
    m_buttons = new QVBoxLayout;
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->addStretch();
    m_buttons->addLayout(row);
    auto *head = new QVBoxLayout;
    head->setContentsMargins(18, 0, 12, 0);
    head->setSpacing(4);
    head->addLayout(upper);
    head->addWidget(m_name);
    head->addSpacing(6);
    head->addLayout(m_buttons);
    return head;
}

QWidget *TaskDetail::buildAdvice()
{
    auto *card = new QFrame(this);
    card->setObjectName(u"advice"_s);
    auto *words = new QVBoxLayout;
    words->setSpacing(3);
    words->addWidget(m_adviceTitle);
    words->addWidget(m_advice);
    auto *line = new QHBoxLayout(card);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(10);
    line->addWidget(m_adviceIcon, 0, Qt::AlignTop);
    line->addLayout(words, 1);
    QFont bold = m_adviceTitle->font();
    bold.setWeight(QFont::DemiBold);
    m_adviceTitle->setFont(bold);
    m_adviceTitle->setAccessibleName(tr("How it stands"));
    m_advice->setAccessibleName(tr("What to do next"));
    return card;
}

void TaskDetail::addCommand(Command *command)
{
    auto *row = static_cast<QHBoxLayout *>(m_buttons->itemAt(0)->layout());
    row->insertWidget(row->count() - 1, new CommandButton(command, CommandButton::Look::Button, this));
}

void TaskDetail::setSession(Session *session)
{
    delete m_reply;
    m_session = session;
    m_id = 0;
    m_task = {};
    m_isStale = false;
}

void TaskDetail::showTask(const QJsonObject &row)
{
    const qint64 id = row[u"id"_s].toInteger();
    if (id != m_id) {
        delete m_reply;
        m_id = id;
        m_isWhole = m_isThere = m_isStale = false;
        m_message->hide();
        m_arguments->setText({});
        m_result->setText({});
        m_error->setText({});
    } else if (m_isWhole) {
        refresh(); // the row knows less than we do
        return;
    }
    present(row);
    refresh();
}

void TaskDetail::refresh()
{
    if (!m_session || m_id == 0)
        return;
    m_isStale = m_reply;
    if (m_reply)
        return;
    m_reply = m_session->api().get(u"/admin/v1/tasks/"_s + QString::number(m_id), {}, this);
    m_reply->then(this, [this](const ApiReply &reply) {
        m_reply = nullptr;
        take(reply);
        if (std::exchange(m_isStale, false))
            refresh();
    });
}

void TaskDetail::take(const ApiReply &reply)
{
    m_isWhole = true;
    m_isThere = reply.isOk() || (m_isThere && reply.problem().kind != Problem::Kind::NotFound);
    if (!reply.isOk()) {
        if (reply.problem().kind == Problem::Kind::NotFound)
            m_message->tell(tr("This task is no longer there: it was deleted. What is shown is how it was."),
                            Tone::Warning);
        else if (reply.problem().kind != Problem::Kind::Offline) // the banner tells
            m_message->tell(reply.problem());
        Q_EMIT wholeShown();
        return;
    }
    m_message->hide();
    const QByteArray arguments = rawMember(reply.bytes(), "arguments");
    // Parsed without them: a number that no double holds, such as 1e400, would make the parser refuse the whole.
    const QByteArray others = QByteArray(reply.bytes()).replace("\"arguments\":" + arguments, "\"arguments\":null");
    const QJsonObject task = QJsonDocument::fromJson(others).object();
    m_arguments->setText(prettyJson(arguments));
    m_result->setText(prettyJson(rawMember(reply.bytes(), "result")));
    present(task);
    Q_EMIT wholeShown();
}

void TaskDetail::present(const QJsonObject &task)
{
    m_task = task;
    const QString state = task[u"state"_s].toString();
    m_title->setText(tr("Task %1").arg(m_id));
    m_name->setText(task[u"name"_s].toString());
    m_state->set(taskStateText(state), taskStateTone(state));
    const Advice advice = adviceOn(task);
    m_adviceTitle->setText(advice.title);
    m_advice->setText(advice.sentence);
    m_adviceIcon->set(adviceIcon(advice.tone), advice.tone);
    m_error->setTitle(state == u"dead"_s ? tr("Error") : tr("Error of the last attempt"));
    m_error->setText(task[u"error"_s].toString());
    m_timeline->setMoments(momentsOf(task));
    showFacts(task);
}

void TaskDetail::showFacts(const QJsonObject &task)
{
    const auto text = [&](const QString &member) { return task[member].toString(); };
    const auto time = [&](const QString &name, const QString &member) {
        const QDateTime at = timeOf(text(member));
        return Facts::Fact{name, exactTime(at), relativeTime(at)};
    };
    const QString record = task.contains(u"record"_s) ? QString::number(task[u"record"_s].toInteger()) : QString();
    m_facts->set({{tr("Record"), record, tr("Show it in Records"), record},
                  {tr("Attempt"), attemptText(task)},
                  time(tr("Created"), u"created"_s),
                  time(tr("Not before"), u"not_before"_s),
                  time(tr("Started"), u"started"_s),
                  time(tr("Finished"), u"finished"_s),
                  {tr("Ran for"), runningTime(task)},
                  {tr("Worker"), text(u"worker"_s), {}, {}, true},
                  {tr("Priority"), QString::number(task[u"priority"_s].toInteger())},
                  {tr("Unique key"), text(u"unique_key"_s), {}, {}, true},
                  {tr("Message"), text(u"message"_s), tr("The id of its message at Celery's broker"), {}, true}});
}

} // namespace admin
