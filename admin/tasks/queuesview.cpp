// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/queuesview.h"

#include "ui/command.h"
#include "ui/emptystate.h"
#include "ui/rowsmodel.h"
#include "ui/tableview.h"
#include "ui/times.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("admin", text); }

Column countColumn(const QString &member, const QString &title, Tone tone = Tone::Neutral)
{
    return {member,
            title,
            [member](const QJsonObject &row) { return countText(row[member].toInteger()); },
            [member, tone](const QJsonObject &row, int role) {
                const bool isNone = row[member].toInteger() == 0;
                if (role == ToneRole && tone != Tone::Neutral && !isNone)
                    return QVariant(int(tone));
                return role == MutedRole ? QVariant(isNone) : QVariant();
            },
            Qt::AlignRight | Qt::AlignVCenter,
            110};
}

Column stateColumn()
{
    const auto isPaused = [](const QJsonObject &queue) { return queue[u"paused"_s].toBool(); };
    return {u"paused"_s,
            tr("State"),
            [isPaused](const QJsonObject &queue) { return isPaused(queue) ? tr("Paused") : tr("Open"); },
            [isPaused](const QJsonObject &queue, int role) {
                return role == ToneRole ? QVariant(int(isPaused(queue) ? Tone::Warning : Tone::Good)) : QVariant();
            },
            Qt::AlignLeft | Qt::AlignVCenter,
            110};
}

QList<Column> columns()
{
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    return {{u"name"_s, tr("Queue"), [](const QJsonObject &q) { return q[u"name"_s].toString(); }, {}, left, 240},
            stateColumn(),
            countColumn(u"ready"_s, tr("Ready")),
            countColumn(u"scheduled"_s, tr("Scheduled")),
            countColumn(u"running"_s, tr("Running")),
            countColumn(u"dead"_s, tr("Dead"), Tone::Bad),
            {u"oldest_ready"_s, tr("Oldest waits for"),
             [](const QJsonObject &q) {
                 const QDateTime oldest = timeOf(q[u"oldest_ready"_s].toString());
                 if (!oldest.isValid())
                     return QString();
                 const auto age = oldest.msecsTo(QDateTime::currentDateTimeUtc());
                 return durationText(std::max<qint64>(0, age) * 1000);
             },
             [](const QJsonObject &q, int role) {
                 return role == Qt::ToolTipRole ? QVariant(exactTime(timeOf(q[u"oldest_ready"_s].toString())))
                                                : QVariant();
             },
             left, 160}};
}

} // namespace

QueuesView::QueuesView(QWidget *parent)
    : ShortListView(u"/admin/v1/queues"_s, u"name"_s, columns(), tr("Queues"),
                    new EmptyState(u"tasks"_s, tr("No queues yet"),
                                   tr("There is a queue for each kind of task. The first one appears with the first "
                                      "task: post a record, for example.")),
                    parent)
    , m_pause(make(u"queues.pause"_s, tr("Pause"), u"pause"_s, tr("Begin no more tasks of this queue; what runs ends")))
    , m_resume(make(u"queues.resume"_s, tr("Resume"), u"play"_s, tr("Go on with the tasks of this queue")))
    , m_show(new Command(u"queues.show"_s, tr("Show tasks"), u"tasks"_s, Command::Effect::Looks, this))
{
    m_show->setHelp(tr("List the tasks of this queue (Enter)"));
    connect(m_pause, &QAction::triggered, this, [this] { changeSelected(true); });
    connect(m_resume, &QAction::triggered, this, [this] { changeSelected(false); });
    connect(m_show, &QAction::triggered, this, [this] {
        for (const auto &queue : selectedRows())
            Q_EMIT tasksRequested(queue[u"name"_s].toString());
    });
    connect(table(), &TableView::opened, this, [this](const QModelIndex &index) {
        Q_EMIT tasksRequested(model()->row(index.row())[u"name"_s].toString());
    });
    for (Command *command : commands())
        addCommand(command);
    table()->setRowCommands(commands());
    table()->keepColumns(u"queues"_s);
    table()->setSelectionMode(QAbstractItemView::SingleSelection);
    updateCommands();
}

Command *QueuesView::make(const QString &id, const QString &text, const QString &icon, const QString &help)
{
    auto *command = new Command(id, text, icon, Command::Effect::Changes, this);
    command->setHelp(help);
    return command;
}

void QueuesView::take(const QJsonObject &answer)
{
    m_kind = answer[u"kind"_s].toString();
    setHint(m_kind == u"celery"_s
                ? tr("Tasks are handed to Celery's broker; these are its lists.")
                : tr("Tasks wait in the database, one queue a kind of task. A paused queue keeps what it has."));
}

void QueuesView::updateCommands()
{
    const auto rows = selectedRows();
    const QJsonObject queue = rows.value(0);
    const bool isPaused = queue[u"paused"_s].toBool();
    const auto offer = [&](Command *command, const QString &verb, bool makesSense, const QString &whyNot) {
        const QString route = u"/admin/v1/queues/{name}/"_s + verb;
        command->setVisible(m_session && m_session->endpoints().exists(u"POST"_s, route));
        if (m_session && !m_session->endpoints().has(u"POST"_s, route))
            command->setPossible(false, tr("Your token may read only"));
        else if (rows.isEmpty())
            command->setPossible(false, tr("Select a queue first"));
        else if (!queue[u"can_pause"_s].toBool(true))
            command->setPossible(false, tr("This kind of queue cannot be paused from here: stop its workers instead"));
        else
            command->setPossible(makesSense, whyNot);
    };
    offer(m_pause, u"pause"_s, !isPaused, tr("It is paused already"));
    offer(m_resume, u"resume"_s, isPaused, tr("It is not paused"));
    m_show->setPossible(!rows.isEmpty(), tr("Select a queue first"));
}

void QueuesView::changeSelected(bool pauses)
{
    const auto rows = selectedRows();
    if (rows.isEmpty())
        return;
    const QString name = rows.first()[u"name"_s].toString();
    change(u"/admin/v1/queues/"_s + Request::segment(name) + (pauses ? u"/pause"_s : u"/resume"_s),
           pauses ? tr("Queue %1 is paused").arg(name) : tr("Queue %1 goes on").arg(name));
}

} // namespace admin
