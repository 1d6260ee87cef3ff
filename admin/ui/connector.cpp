// SPDX-License-Identifier: GPL-3.0-only
#include "ui/connector.h"

#include "client/connections.h"
#include "client/localserver.h"
#include "ui/confirm.h"
#include "ui/connectdialog.h"
#include "ui/icons.h"

#include <QMenu>
#include <QSettings>
#include <QWidget>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

namespace {

const auto localReadOnly = u"local/readOnly"_s;

Connection find(const QString &id)
{
    const auto choices = Connector::choices();
    const auto found = std::ranges::find(choices, id, &Connection::id);
    return found == choices.end() ? Connection{} : *found;
}

} // namespace

Connector::Connector(QWidget *window, TokenStore::Place place)
    : QObject(window)
    , m_window(window)
    , m_tokens(place)
{
    m_watch.setInterval(2s);
    connect(&m_watch, &QTimer::timeout, this, [this] {
        if (LocalServer::find())
            open(u"local"_s);
    });
}

QList<Connection> Connector::choices()
{
    QList<Connection> choices;
    if (auto local = LocalServer::find()) {
        local->connection.isReadOnly = QSettings().value(localReadOnly).toBool();
        choices << local->connection;
    }
    return choices + Connections::all();
}

void Connector::start()
{
    const auto all = choices();
    if (all.isEmpty()) {
        m_watch.start();
        Q_EMIT noneFound();
        return;
    }
    const Connection last = find(Connections::lastUsed());
    open(last.id.isEmpty() ? all.first().id : last.id);
}

void Connector::open(const QString &id)
{
    const Connection connection = find(id);
    if (connection.id.isEmpty())
        return;
    if (connection.isLocal) {
        const auto local = LocalServer::find();
        use(connection, local ? tokenOfFile(local->tokenFile) : QString());
    } else {
        m_tokens.read(id, this, [this, connection](const QString &token) { use(connection, token); });
    }
}

void Connector::use(const Connection &connection, const QString &token)
{
    m_watch.stop();
    Connections::setLastUsed(connection.id);
    Q_EMIT chosen(connection, token);
}

void Connector::add() { show(new ConnectDialog({}, {}, m_window)); }

void Connector::edit(const QString &id)
{
    const Connection connection = find(id);
    if (connection.id.isEmpty() || connection.isLocal)
        return;
    m_tokens.read(id, this,
                  [this, connection](const QString &token) { show(new ConnectDialog(connection, token, m_window)); });
}

void Connector::show(ConnectDialog *dialog)
{
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        Connection connection = dialog->connection();
        connection.id = Connections::save(connection);
        const QString token = dialog->token();
        m_tokens.write(connection.id, token, this, [this](const QString &problem, TokenStore::Place place) {
            if (!problem.isEmpty())
                Q_EMIT notice(problem + u' ' + tr("It has to be entered again the next time."));
            else if (place == TokenStore::Place::File)
                Q_EMIT notice(tr("There is no keyring; the token is kept in a file that only you can read."));
        });
        use(connection, token);
    });
    dialog->open();
}

void Connector::remove(const QString &id)
{
    const Connection connection = find(id);
    if (connection.id.isEmpty() || connection.isLocal)
        return;
    const Question question{tr("Forget “%1”?").arg(connection.name),
                            tr("Its address and its token are removed from this computer. The server is not touched, "
                               "and its token stays valid."),
                            tr("Forget")};
    confirm(m_window, question, [this, id] {
        Connections::remove(id);
        m_tokens.remove(id);
        if (Connections::lastUsed() == id)
            start();
    });
}

void Connector::renewToken(const Connection &connection, const QString &refused, bool mayAsk)
{
    if (connection.isLocal) {
        const auto local = LocalServer::find();
        const QString token = local ? tokenOfFile(local->tokenFile) : QString();
        if (!token.isEmpty() && token != refused) {
            Q_EMIT tokenRenewed(token);
            return;
        }
    }
    if (!mayAsk)
        return;
    if (connection.isLocal || find(connection.id).id.isEmpty()) {
        Connection copy = connection;
        copy.id.clear();
        copy.isLocal = false;
        show(new ConnectDialog(copy, {}, m_window));
    } else {
        edit(connection.id);
    }
}

void Connector::keepReadOnly(const Connection &connection)
{
    if (connection.isLocal)
        QSettings().setValue(localReadOnly, connection.isReadOnly);
    else if (!find(connection.id).id.isEmpty())
        Connections::save(connection);
}

void Connector::fillMenu(QMenu *menu, const QString &current)
{
    for (const auto all = choices(); const Connection &connection : all) {
        QAction *action = menu->addAction(connection.name + u'\t' + connection.url.authority());
        action->setCheckable(true);
        action->setChecked(connection.id == current);
        connect(action, &QAction::triggered, this, [this, id = connection.id] { open(id); });
    }
    if (!menu->isEmpty())
        menu->addSeparator();
    menu->addAction(themedIcon(u"add"_s), tr("Connect to another server…"), this, &Connector::add);
    const Connection shown = find(current);
    if (!shown.id.isEmpty() && !shown.isLocal) {
        menu->addAction(themedIcon(u"edit"_s), tr("Edit “%1”…").arg(shown.name), this,
                        [this, current] { edit(current); });
        menu->addAction(themedIcon(u"delete"_s), tr("Forget “%1”…").arg(shown.name), this,
                        [this, current] { remove(current); });
    }
}

} // namespace admin
