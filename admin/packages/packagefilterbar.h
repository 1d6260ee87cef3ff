// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/request.h"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QLineEdit;

namespace admin {

class Command;

/// Which packages: by file name, record and state.
class PackageFilterBar : public QWidget
{
    Q_OBJECT

public:
    explicit PackageFilterBar(QWidget *parent = nullptr);

    /// The parameters of the API; without an invalid one, which is marked in the bar.
    Query query() const;
    /// Changes these and clears the rest.
    void set(const QString &record, const QString &state);
    void clear() { set({}, {}); }
    void focusText();
    Command *clearCommand() const { return m_clear; }

Q_SIGNALS:
    /// Soon after the last key.
    void changed();

private:
    void edited();

    QLineEdit *m_text, *m_record;
    QComboBox *m_state;
    Command *m_clear;
    QTimer m_soon;
    Query m_told;
};

} // namespace admin
