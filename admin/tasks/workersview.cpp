// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/workersview.h"

#include "ui/command.h"
#include "ui/confirm.h"
#include "ui/emptystate.h"
#include "ui/tableview.h"
#include "ui/times.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

constexpr qint64 lateBeat = 5'000; ///< a worker beats every second; after this somebody should look

QString tr(const char *text) { return QCoreApplication::translate("admin", text); }

QString stateText(const QJsonObject &worker)
{
    const QString state = worker[u"state"_s].toString();
    if (state == u"ready"_s)
        return tr("Ready");
    if (state == u"draining"_s)
        return tr("Draining");
    return state == u"starting"_s ? tr("Starting") : state;
}

Tone stateTone(const QJsonObject &worker)
{
    const QString state = worker[u"state"_s].toString();
    return state == u"ready"_s ? Tone::Good : state == u"draining"_s ? Tone::Warning : Tone::Info;
}

QString jobText(const QJsonObject &job)
{
    const QString kind = job[u"kind"_s].toString(), plugin = job[u"plugin"_s].toString();
    const QString time = durationText(job[u"since_ms"_s].toInteger() * 1000);
    if (kind == u"task"_s)
        return tr("%1: task %2, %3").arg(plugin).arg(job[u"number"_s].toInteger()).arg(time);
    if (kind == u"start"_s)
        return tr("%1 starts, %2").arg(plugin, time);
    return tr("%1: a request, %2").arg(plugin, time);
}

QString doingText(const QJsonObject &worker)
{
    QStringList jobs;
    for (const auto &job : worker[u"doing"_s].toArray())
        jobs << jobText(job.toObject());
    return jobs.join(u"; "_s);
}

Column countColumn(const QString &member, const QString &title)
{
    return {member,
            title,
            [member](const QJsonObject &row) { return countText(row[member].toInteger()); },
            [](const QJsonObject &, int role) { return role == MutedRole ? QVariant(true) : QVariant(); },
            Qt::AlignRight | Qt::AlignVCenter,
            104};
}

Column beatColumn()
{
    const auto isLate = [](const QJsonObject &worker) { return worker[u"beat_age_ms"_s].toInteger() > lateBeat; };
    return {u"beat"_s,
            tr("Heartbeat"),
            [](const QJsonObject &worker) {
                return tr("%1 ago").arg(durationText(worker[u"beat_age_ms"_s].toInteger() * 1000));
            },
            [isLate](const QJsonObject &worker, int role) {
                if (role == ToneRole && isLate(worker))
                    return QVariant(int(Tone::Bad));
                if (role == Qt::ToolTipRole && isLate(worker))
                    return QVariant(tr("It was silent for long: it hangs, or the machine is overloaded. The "
                                       "supervisor replaces it if it stays so."));
                return role == MutedRole ? QVariant(true) : QVariant();
            },
            Qt::AlignLeft | Qt::AlignVCenter,
            120};
}

QList<Column> columns()
{
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    return {{u"pid"_s,
             tr("Process"),
             [](const QJsonObject &w) { return QString::number(w[u"pid"_s].toInteger()); },
             {},
             Qt::AlignRight | Qt::AlignVCenter,
             90},
            {u"role"_s,
             tr("Role"),
             [](const QJsonObject &w) {
                 const QString role = w[u"role"_s].toString();
                 return role == u"tasks"_s ? tr("Tasks") : role == u"web"_s ? tr("Requests") : role;
             },
             {},
             left,
             100},
            {u"state"_s, tr("State"), stateText,
             [](const QJsonObject &w, int role) { return role == ToneRole ? QVariant(int(stateTone(w))) : QVariant(); },
             left, 110},
            beatColumn(),
            countColumn(u"running_tasks"_s, tr("Tasks now")),
            countColumn(u"requests"_s, tr("Requests")),
            countColumn(u"connections"_s, tr("Connections")),
            countColumn(u"waiting_jobs"_s, tr("Waiting")),
            {u"started"_s, tr("Started"),
             [](const QJsonObject &w) { return relativeTime(timeOf(w[u"started"_s].toString())); },
             [](const QJsonObject &w, int role) {
                 if (role == Qt::ToolTipRole)
                     return QVariant(exactTime(timeOf(w[u"started"_s].toString())));
                 return role == MutedRole ? QVariant(true) : QVariant();
             },
             left, 120},
            {u"doing"_s, tr("Doing now"), doingText,
             [](const QJsonObject &w, int role) {
                 return role == Qt::ToolTipRole ? QVariant(doingText(w).toHtmlEscaped()) : QVariant();
             },
             left, 260}};
}

} // namespace

WorkersView::WorkersView(QWidget *parent)
    : ShortListView(u"/admin/v1/workers"_s, u"pid"_s, columns(), tr("Workers"),
                    new EmptyState(u"worker"_s, tr("No workers"),
                                   tr("This server tells of no processes on its host. It may be about to start them.")),
                    parent)
    , m_drain(new Command(u"workers.drain"_s, tr("Drain"), u"power"_s, Command::Effect::Changes, this))
{
    m_drain->setHelp(tr("Let it finish what it has and end; another takes its place"));
    m_drain->setKeywords(tr("restart worker process"));
    connect(m_drain, &QAction::triggered, this, &WorkersView::askDrain);
    addCommand(m_drain);
    setHint(tr("The processes on this server's host, and what each does at the moment."));
    table()->setRowCommands({m_drain});
    table()->keepColumns(u"workers"_s);
    table()->setSelectionMode(QAbstractItemView::SingleSelection);
    updateCommands();
}

void WorkersView::updateCommands()
{
    const QString route = u"/admin/v1/workers/{pid}/drain"_s;
    m_drain->setVisible(m_session && m_session->endpoints().exists(u"POST"_s, route));
    const auto rows = selectedRows();
    if (m_session && !m_session->endpoints().has(u"POST"_s, route))
        m_drain->setPossible(false, tr("Your token may read only"));
    else if (rows.isEmpty())
        m_drain->setPossible(false, tr("Select a process first"));
    else
        m_drain->setPossible(rows.first()[u"state"_s].toString() != u"draining"_s, tr("It is draining already"));
}

void WorkersView::askDrain()
{
    const auto rows = selectedRows();
    if (rows.isEmpty())
        return;
    const QString pid = QString::number(rows.first()[u"pid"_s].toInteger());
    Question question{tr("Drain process %1?").arg(pid),
                      tr("It takes nothing new, finishes what it has and ends. Another takes its place."),
                      tr("Drain process %1").arg(pid), false};
    confirm(this, question, [this, pid] {
        change(u"/admin/v1/workers/"_s + pid + u"/drain"_s, tr("Process %1 drains; another takes its place").arg(pid));
    });
}

} // namespace admin
