// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QFrame>
#include <QJsonArray>

class QLabel;
class QVBoxLayout;

namespace admin {

class Badge;

/// The processes of the server, a line each: what it is, what it does, when it was last heard of.
class ProcessesCard : public QFrame
{
    Q_OBJECT

public:
    explicit ProcessesCard(QWidget *parent = nullptr);

    /// The results of `GET /admin/v1/workers`.
    void setWorkers(const QJsonArray &workers);

private:
    struct Row
    {
        QWidget *widget;
        QLabel *name, *words;
        Badge *state;
    };
    Row makeRow();

    QVBoxLayout *m_list;
    QLabel *m_title;
    QList<Row> m_rows;
};

} // namespace admin
