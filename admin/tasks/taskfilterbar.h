// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/request.h"

#include <QDateTime>
#include <QTimer>
#include <QWidget>

class QComboBox;
class QDateTimeEdit;
class QLineEdit;

namespace admin {

class Command;

/// Which tasks, besides their state: by name, record, time and text.
class TaskFilterBar : public QWidget
{
    Q_OBJECT

public:
    explicit TaskFilterBar(QWidget *parent = nullptr);

    /// The parameters of the API; without an invalid one, which is marked in the bar.
    Query query() const;
    bool isEmpty() const { return query().isEmpty(); }
    QString taskName() const;
    /// "of record 17, named sip.make_sip": for a question; empty if it is.
    QString inWords() const;

    /// The names to choose from; what is chosen stays.
    void setNames(const QStringList &names);
    /// Changes these and clears the others.
    void set(const QString &taskName, const QString &record);
    void clear();
    void focusText();
    Command *clearCommand() const { return m_clear; }

Q_SIGNALS:
    /// Soon after the last key.
    void changed();

private:
    void build();
    void buildTimes();
    void edited();
    void times(Query &query) const;

    QComboBox *m_name, *m_time;
    QLineEdit *m_record, *m_text;
    QDateTimeEdit *m_from, *m_to;
    Command *m_clear;
    QTimer m_soon;
    Query m_told;
    QDateTime m_since; ///< for "the last hour": an hour before it was chosen
};

} // namespace admin
