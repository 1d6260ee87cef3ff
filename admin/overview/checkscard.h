// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QFrame>
#include <QJsonArray>
#include <QJsonObject>

class QGridLayout;
class QLabel;
class QVBoxLayout;

namespace admin {

/// The checks of /readyz, each with its word, and below them what the server is.
class ChecksCard : public QFrame
{
    Q_OBJECT

public:
    explicit ChecksCard(QWidget *parent = nullptr);

    /// From `GET /admin/v1/server`.
    void setServer(const QJsonObject &server);
    /// Another server: nothing is known.
    void clear();
    /// From an event.
    void setChecks(const QJsonArray &checks);

private:
    void showChecks(const QJsonArray &checks);
    void setFact(int row, const QString &name, const QString &value);

    QVBoxLayout *m_checks;
    QGridLayout *m_facts;
    QJsonArray m_shown;
};

} // namespace admin
