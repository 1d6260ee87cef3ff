// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/tabbar.h"

#include <QJsonObject>

namespace admin {

/// One tab a state with the number of its tasks, and one for all.
class TaskStateTabs : public TabBar
{
    Q_OBJECT

public:
    explicit TaskStateTabs(QWidget *parent = nullptr);

    /// Empty: all.
    QString state() const;
    void setState(const QString &state);
    /// {"scheduled": 0, ...}
    void setCounts(const QJsonObject &counts);
    qint64 countOf(const QString &state) const;

Q_SIGNALS:
    void stateChosen(const QString &state);

private:
    QJsonObject m_counts;
};

} // namespace admin
