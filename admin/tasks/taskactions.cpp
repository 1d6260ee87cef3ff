// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/taskactions.h"

#include "tasks/taskwords.h"
#include "ui/command.h"
#include "ui/times.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QWidget>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

constexpr TaskVerb verbs[]{TaskVerb::Retry, TaskVerb::Cancel, TaskVerb::Delete};
constexpr int shownRefusals = 5;

// The server wants it said that no filter means all of them.
Query plainly(const Query &filter) { return filter.isEmpty() ? Query{{u"all"_s, u"true"_s}} : filter; }

QString tasksAddress() { return u"/admin/v1/tasks"_s; }

QString bulkAddress(TaskVerb verb) { return tasksAddress() + u'/' + addressOf(verb); }

QString iconOf(TaskVerb verb) { return addressOf(verb); }

// Whether the route is there, as method and pattern.
std::pair<QString, QString> oneRoute(TaskVerb verb)
{
    const QString task = tasksAddress() + u"/{id}"_s;
    return verb == TaskVerb::Delete ? std::pair(u"DELETE"_s, task)
                                    : std::pair(u"POST"_s, task + u'/' + addressOf(verb));
}

} // namespace

TaskActions::TaskActions(QWidget *window)
    : QObject(window)
    , m_window(window)
{
    for (const TaskVerb verb : verbs) {
        m_selected << make(verb, false);
        m_matching << make(verb, true);
    }
    m_selected[int(TaskVerb::Retry)]->setShortcut(Qt::CTRL | Qt::Key_R);
    m_selected[int(TaskVerb::Delete)]->setShortcut(Qt::Key_Delete);
    for (const TaskVerb verb : verbs) {
        m_selected[int(verb)]->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        updateSelected(verb);
        updateMatching(verb);
    }
}

Command *TaskActions::make(TaskVerb verb, bool isForAll)
{
    const QString id = u"tasks."_s + addressOf(verb) + (isForAll ? u".matching"_s : QString());
    const QString text = isForAll
        ? tr("%1 all that match…").arg(verb == TaskVerb::Cancel ? tr("Cancel") : verbText(verb))
        : verbText(verb);
    auto *command = new Command(id, text, iconOf(verb), Command::Effect::Changes, this);
    if (isForAll) {
        command->setHelp(tr("Counts first, and asks"));
        connect(command, &QAction::triggered, this, [this, verb] { countMatching(verb, m_filter, m_inWords, -1); });
    } else {
        connect(command, &QAction::triggered, this, [this, verb] { askSelected(verb); });
    }
    return command;
}

QList<Command *> TaskActions::commands() const { return m_selected + m_matching; }

void TaskActions::setSession(Session *session)
{
    m_session = session;
    m_isBusy = false;
    setSelection({});
    updateOffer();
}

void TaskActions::updateOffer()
{
    for (const TaskVerb verb : verbs) {
        const auto [method, path] = oneRoute(verb);
        m_selected[int(verb)]->setVisible(m_session && m_session->endpoints().exists(method, path));
        m_matching[int(verb)]->setVisible(m_session && m_session->endpoints().exists(u"POST"_s, bulkAddress(verb)));
        updateSelected(verb);
        updateMatching(verb);
    }
}

void TaskActions::setSelection(const QList<QJsonObject> &tasks)
{
    m_tasks = tasks;
    for (const TaskVerb verb : verbs)
        updateSelected(verb);
}

void TaskActions::setFilter(const Query &filter, const QString &inWords)
{
    m_filter = filter;
    m_inWords = inWords;
    for (const TaskVerb verb : verbs)
        updateMatching(verb);
}

QList<qint64> TaskActions::idsFor(TaskVerb verb) const
{
    QList<qint64> ids;
    for (const QJsonObject &task : m_tasks) {
        if (isPossible(verb, task))
            ids << task[u"id"_s].toInteger();
    }
    return ids;
}

void TaskActions::updateSelected(TaskVerb verb)
{
    Command *command = m_selected[int(verb)];
    const auto ids = idsFor(verb);
    command->setText(ids.size() > 1 ? verbText(verb, ids.size()) : verbText(verb));
    const auto [method, path] = oneRoute(verb);
    if (m_session && m_session->endpoints().exists(method, path) && !m_session->endpoints().has(method, path))
        command->setPossible(false, tr("Your token may read only"));
    else if (m_isBusy)
        command->setPossible(false, tr("The server is still at the last change"));
    else if (m_tasks.isEmpty())
        command->setPossible(false, tr("Select a task first"));
    else if (verb == TaskVerb::Retry)
        command->setPossible(!ids.isEmpty(), tr("Only tasks that failed or were cancelled can be retried"));
    else if (verb == TaskVerb::Cancel)
        command->setPossible(!ids.isEmpty(), tr("Only tasks that are not finished can be cancelled"));
    else
        command->setPossible(!ids.isEmpty(), tr("Only finished tasks can be deleted; cancel it first"));
}

void TaskActions::updateMatching(TaskVerb verb)
{
    Command *command = m_matching[int(verb)];
    QString state;
    for (const auto &[name, value] : std::as_const(m_filter)) {
        if (name == u"state"_s)
            state = value;
    }
    if (m_session && !m_session->endpoints().has(u"POST"_s, bulkAddress(verb)))
        command->setPossible(false, tr("Your token may read only"));
    else if (m_isBusy)
        command->setPossible(false, tr("The server is still at the last change"));
    else
        command->setPossible(state.isEmpty() || isPossible(verb, state),
                             tr("Not for tasks that are %1").arg(taskStateText(state).toLower()));
}

void TaskActions::begin(ApiReply *reply, const std::function<void(const ApiReply &)> &then)
{
    m_isBusy = true;
    updateOffer();
    reply->then(this, [this, then](const ApiReply &answer) {
        m_isBusy = false;
        updateOffer();
        if (answer.isOk())
            then(answer);
        else if (answer.problem().kind != Problem::Kind::Cancelled)
            Q_EMIT failed(answer.problem().sentence());
    });
}

void TaskActions::askSelected(TaskVerb verb)
{
    const auto ids = idsFor(verb);
    if (ids.isEmpty() || !m_session)
        return;
    const auto change = [this, verb, ids] {
        if (ids.size() == 1)
            changeOne(verb, ids.first());
        else
            changeThese(verb, ids);
    };
    if (verb == TaskVerb::Retry) {
        change();
        return;
    }
    const auto others = m_tasks.size() - ids.size();
    const QString which = others > 0 ? tr("%1 of the selected are in another state and stay as they are.").arg(others)
        : ids.size() == 1            ? tr("Task %1, %2.").arg(ids.first()).arg(m_tasks.first()[u"name"_s].toString())
                                     : QString();
    confirm(m_window, questionOn(verb, ids.size(), which), change);
}

void TaskActions::changeOne(TaskVerb verb, qint64 id)
{
    if (!m_session)
        return;
    const QString task = tasksAddress() + u'/' + QString::number(id);
    auto *reply = verb == TaskVerb::Delete ? m_session->api().remove(task, {}, m_window)
                                           : m_session->api().post(task + u'/' + addressOf(verb), {}, {}, m_window);
    begin(reply, [this, verb, id](const ApiReply &) {
        const QString sentence = verb == TaskVerb::Retry ? tr("Task %1 is retried").arg(id)
            : verb == TaskVerb::Cancel                   ? tr("Task %1 is cancelled").arg(id)
                                                         : tr("Task %1 is deleted").arg(id);
        Q_EMIT done(sentence);
    });
}

void TaskActions::changeThese(TaskVerb verb, const QList<qint64> &ids)
{
    if (!m_session)
        return;
    QJsonArray list;
    for (const qint64 id : ids)
        list << id;
    const QByteArray body = QJsonDocument(QJsonObject{{u"ids"_s, list}}).toJson(QJsonDocument::Compact);
    begin(m_session->api().post(bulkAddress(verb), {}, body, m_window), [this, verb](const ApiReply &reply) {
        const QJsonObject answer = reply.object();
        tellBulk(verb, answer[u"changed"_s].toInteger(), answer[u"refused"_s].toArray());
    });
}

// Counts, asks, and counts again: what came in between was not agreed to.
void TaskActions::countMatching(TaskVerb verb, const Query &filter, const QString &inWords, qint64 agreed)
{
    if (!m_session)
        return;
    auto *reply = m_session->api().post(bulkAddress(verb), plainly(filter) + Query{{u"dry_run"_s, u"true"_s}}, {},
                                        m_window);
    begin(reply, [=, this](const ApiReply &answer) {
        const qint64 count = answer.object()[u"matches"_s].toInteger();
        if (count == 0)
            Q_EMIT failed(tr("Nothing to do: no task that matches can be changed this way."));
        else if (count <= agreed)
            changeMatching(verb, filter, 0);
        else
            askMatching(verb, filter, inWords, count, agreed >= 0);
    });
}

void TaskActions::askMatching(TaskVerb verb, const Query &filter, const QString &inWords, qint64 count, bool isMore)
{
    QString which = tr("All %1, those beyond the loaded rows too.").arg(inWords);
    if (isMore)
        which = tr("There are more than a moment ago.") + u' ' + which;
    confirm(m_window, questionOn(verb, count, which), [=, this] { countMatching(verb, filter, inWords, count); });
}

// The server stops after a while with "more"; then it goes on where it stopped.
void TaskActions::changeMatching(TaskVerb verb, const Query &filter, qint64 before)
{
    if (!m_session)
        return;
    begin(m_session->api().post(bulkAddress(verb), plainly(filter), {}, m_window), [=, this](const ApiReply &reply) {
        const QJsonObject answer = reply.object();
        const qint64 changed = answer[u"changed"_s].toInteger();
        if (answer[u"more"_s].toBool() && changed > 0)
            changeMatching(verb, filter, before + changed);
        else
            tellBulk(verb, before + changed, answer[u"refused"_s].toArray());
    });
}

void TaskActions::tellBulk(TaskVerb verb, qint64 changed, const QJsonArray &refused)
{
    Q_EMIT done(doneText(verb, changed));
    if (refused.isEmpty())
        return;
    QStringList reasons;
    for (const auto &value : refused) {
        const QJsonObject one = value.toObject();
        if (reasons.size() < shownRefusals)
            reasons << tr("%1: %2").arg(one[u"id"_s].toInteger()).arg(one[u"reason"_s].toString());
    }
    Q_EMIT failed(tr("%1, but %2 stayed as they are. %3")
                      .arg(doneText(verb, changed), countText(refused.size()), reasons.join(u"; "_s)));
}

} // namespace admin
