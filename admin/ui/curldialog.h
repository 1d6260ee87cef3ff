// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/api.h"

#include <QDialog>

class QListWidget;
class QPlainTextEdit;

namespace admin {

/// The requests a page made lately, as command lines; Enter copies the chosen one. The token is not in them.
class CurlDialog : public QDialog
{
    Q_OBJECT

public:
    CurlDialog(const QList<Request> &requests, const QUrl &baseUrl, QWidget *parent);

Q_SIGNALS:
    void copied();

private:
    void copy();

    QListWidget *m_list;
    QPlainTextEdit *m_line;
};

} // namespace admin
