// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pluginactions.h"

#include "plugins/pluginwords.h"
#include "ui/command.h"
#include "ui/confirm.h"

#include <QWidget>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

using Effect = Command::Effect;

const QString onePlugin = u"/admin/v1/plugins/{id}"_s;

} // namespace

PluginActions::PluginActions(QWidget *over)
    : QObject(over)
    , m_over(over)
    , m_enable(new Command(u"plugins.enable"_s, tr("Enable"), u"play"_s, Effect::Changes, this))
    , m_disable(new Command(u"plugins.disable"_s, tr("Disable"), u"pause"_s, Effect::Changes, this))
    , m_reload(new Command(u"plugins.reload"_s, tr("Reload"), u"refresh"_s, Effect::Changes, this))
    , m_rollBack(new Command(u"plugins.rollback"_s, tr("Roll Back"), u"rollback"_s, Effect::Changes, this))
    , m_remove(new Command(u"plugins.remove"_s, tr("Remove"), u"delete"_s, Effect::Changes, this))
{
    m_enable->setHelp(tr("Serve it again"));
    m_disable->setHelp(tr("Leave its file in the folder and do not serve it"));
    m_reload->setHelp(tr("Look at its file again and start new workers with it"));
    m_rollBack->setHelp(tr("Serve the version that was served before"));
    m_remove->setHelp(tr("Take its file out of the plugin folder"));
    connect(m_enable, &QAction::triggered, this, [this] { act({u"enable"_s, tr("%1 is enabled")}); });
    connect(m_reload, &QAction::triggered, this, [this] { act({u"reload"_s, tr("%1 was loaded again")}); });
    connect(m_disable, &QAction::triggered, this, [this] {
        ask({u"disable"_s, tr("%1 is disabled")}, tr("Disable %1?"),
            tr("Its routes end and its tasks wait until it is enabled again."), tr("Disable"));
    });
    connect(m_rollBack, &QAction::triggered, this, [this] {
        ask({u"rollback"_s, tr("%1 is rolled back")}, tr("Roll back %1?"),
            tr("Version %1 is served again, until another file comes or it is enabled.")
                .arg(m_plugin[u"previous"_s][u"version"_s].toString()),
            tr("Roll Back"));
    });
    connect(m_remove, &QAction::triggered, this, &PluginActions::remove);
    update();
}

QList<Command *> PluginActions::commands() const { return {m_enable, m_disable, m_reload, m_rollBack, m_remove}; }

void PluginActions::setSession(Session *session)
{
    m_session = session;
    m_plugin = {};
    m_isBusy = false;
    update();
}

void PluginActions::setPlugin(const QJsonObject &plugin)
{
    m_plugin = plugin;
    update();
}

void PluginActions::update()
{
    const QString state = m_plugin[u"state"_s].toString();
    const bool isOut = state == u"disabled"_s || state == u"quarantined"_s || state == u"rolled-back"_s
        || state == u"refused"_s || m_plugin.contains(u"turned_away"_s);
    const bool isServed = state == u"live"_s || state == u"rolled-back"_s;
    offer(m_enable, u"POST"_s, onePlugin + u"/enable"_s, isOut, tr("It is served already"));
    offer(m_disable, u"POST"_s, onePlugin + u"/disable"_s, state != u"disabled"_s, tr("It is disabled already"));
    offer(m_reload, u"POST"_s, onePlugin + u"/reload"_s, isServed, tr("It is not served"));
    offer(m_rollBack, u"POST"_s, onePlugin + u"/rollback"_s, m_plugin.contains(u"previous"_s),
          tr("The server knows no version before this one"));
    offer(m_remove, u"DELETE"_s, onePlugin, true, {});
}

void PluginActions::offer(Command *command, const QString &method, const QString &path, bool fits,
                          const QString &whyNot)
{
    command->setVisible(m_session && m_session->endpoints().exists(method, path));
    if (m_plugin.isEmpty())
        command->setPossible(false, tr("Choose a plugin first"));
    else if (m_isBusy)
        command->setPossible(false, tr("The last change is still under way"));
    else if (m_session && !m_session->endpoints().has(method, path))
        command->setPossible(false, tr("Your token may read only"));
    else
        command->setPossible(fits, whyNot);
}

void PluginActions::ask(const Verb &verb, const QString &title, const QString &sentence, const QString &action)
{
    confirm(m_over, {title.arg(pluginTitle(m_plugin)), sentence, action, false}, [this, verb] { act(verb); });
}

void PluginActions::act(const Verb &verb)
{
    if (!m_session || m_plugin.isEmpty())
        return;
    const QString id = m_plugin[u"id"_s].toString();
    m_isBusy = true;
    update();
    m_session->api()
        .post(u"/admin/v1/plugins/"_s + Request::segment(id) + u'/' + verb.name, {}, {}, m_over)
        ->then(this, [this, done = verb.done.arg(id)](const ApiReply &reply) { take(reply, done); });
}

void PluginActions::remove()
{
    const QString id = m_plugin[u"id"_s].toString();
    const Question question{tr("Remove %1?").arg(pluginTitle(m_plugin)),
                            tr("Its file is deleted from the plugin folder, and its routes and tasks end. What it has "
                               "stored stays."),
                            tr("Remove")};
    confirm(m_over, question, [this, id] {
        if (!m_session)
            return;
        m_isBusy = true;
        update();
        m_session->api()
            .remove(u"/admin/v1/plugins/"_s + Request::segment(id), {}, m_over)
            ->then(this, [this, id](const ApiReply &reply) { take(reply, tr("%1 is removed").arg(id)); });
    });
}

void PluginActions::take(const ApiReply &reply, const QString &done)
{
    m_isBusy = false;
    update();
    if (!reply.isOk())
        Q_EMIT failed(reply.problem());
    else if (reply.status() == 202)
        Q_EMIT notice(tr("The server is at it; the list shows what becomes of it"));
    else
        Q_EMIT notice(done);
    Q_EMIT changed();
}

} // namespace admin
