// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/connection.h"
#include "client/keyring.h"

#include <QObject>
#include <QTimer>

class QMenu;
class QWidget;

namespace admin {

class ConnectDialog;

/// Which server the window shows: the one of the last time, else that of this computer, else what the user enters.
/// Asks the dialogs over `window`.
class Connector : public QObject
{
    Q_OBJECT

public:
    Connector(QWidget *window, TokenStore::Place place = TokenStore::Place::Keyring);

    /// Opens the last connection, or the local server, or waits for one to appear on this computer.
    void start();
    /// "local", or the id of a saved one.
    void open(const QString &id);
    /// What is there to choose from: the local server if there is one, then the saved ones.
    static QList<Connection> choices();
    void add();
    void edit(const QString &id);
    void remove(const QString &id);
    /// The token of the connection that is shown was refused: the local server's file may have another by now, else
    /// the user is asked.
    void renewToken(const Connection &connection, const QString &refused, bool mayAsk);
    /// The switch of the window, kept for the next time.
    static void keepReadOnly(const Connection &connection);
    void fillMenu(QMenu *menu, const QString &current);

Q_SIGNALS:
    void chosen(const admin::Connection &connection, const QString &token);
    void tokenRenewed(const QString &token);
    /// There is nothing to connect to.
    void noneFound();
    void notice(const QString &sentence);

private:
    void show(ConnectDialog *dialog);
    void use(const Connection &connection, const QString &token);

    QWidget *m_window;
    TokenStore m_tokens;
    QTimer m_watch; ///< for a local server to appear
};

} // namespace admin
