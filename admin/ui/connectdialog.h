// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/api.h"
#include "client/connection.h"

#include <QDialog>

#include <memory>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace admin {

class ColorRow;

/// A new connection, or changes to one: address, token, name, colour, read-only. It is tried before it is taken, and
/// what is wrong stands beside the fields.
class ConnectDialog : public QDialog
{
    Q_OBJECT

public:
    /// `token` is what is kept already.
    ConnectDialog(const Connection &connection, const QString &token, QWidget *parent);

    /// As the fields say.
    Connection connection() const;
    QString token() const;

public Q_SLOTS:
    /// Tries it; accepted() follows if the server takes the token.
    void accept() override;

private:
    void build();
    void tell(const QString &sentence, bool isBad);
    void take(const ApiReply &reply);

    Connection m_connection;
    QLineEdit *m_name, *m_address, *m_token;
    ColorRow *m_color;
    QCheckBox *m_readOnly;
    QLabel *m_words;
    QPushButton *m_connect;
    std::unique_ptr<Api> m_trial;
};

} // namespace admin
