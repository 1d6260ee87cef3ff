// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/installjob.h"

#include <QHash>
#include <QWidget>

class QGridLayout;
class QLabel;

namespace admin {

class IconLabel;

/// The gates that a plugin file goes through, from top to bottom, each as it stands: waiting, passed, failed, skipped.
class GateList : public QWidget
{
    Q_OBJECT

public:
    explicit GateList(QWidget *parent = nullptr);

    /// All wait.
    void reset();
    void show(const Gate &gate);
    /// What has not been decided will not be.
    void end();
    /// "passed", "failed", "skipped" or "waiting", of a gate by its name: for tests and screen readers.
    QString statusOf(const QString &gate) const;

private:
    struct Row
    {
        IconLabel *icon;
        QLabel *title;
        QLabel *detail;
        QString status;
    };
    Row &rowOf(const QString &gate);
    static void dress(Row &row);

    QGridLayout *m_grid;
    QHash<QString, Row> m_rows;
};

} // namespace admin
