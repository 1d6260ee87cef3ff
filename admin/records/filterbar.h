// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/request.h"

#include <QDateTime>
#include <QTimer>
#include <QWidget>

#include <optional>

class QLineEdit;
class QToolButton;

namespace admin {

/// A point in time as people write it, in the time zone of this machine: "2026-11-23", "2026-11-23 17:48", "17:48",
/// "today", "yesterday", "30 min", "2h", "3 days" (ago). Nothing if it is none of these.
std::optional<QDateTime> timeWritten(const QString &text, const QDateTime &now);

/// Which records: a text they contain, and behind a button times and ids.
class FilterBar : public QWidget
{
    Q_OBJECT

public:
    explicit FilterBar(QWidget *parent = nullptr);

    /// As GET /admin/v1/records takes it.
    Query filter() const;
    const Query &applied() const { return m_applied; } ///< what changed() was last told for
    bool isValid() const;
    void clear();
    void focusText();
    /// At the right of the line.
    void addWidget(QWidget *widget);

Q_SIGNALS:
    /// It is valid and another than before.
    void changed();

private:
    QLineEdit *addField(QWidget *row, const QString &label, const QString &placeholder, const QString &help);
    void edited();
    void apply();
    bool check();

    QLineEdit *m_text, *m_from, *m_to, *m_idFrom, *m_idTo;
    QToolButton *m_more;
    QWidget *m_details;
    QTimer m_soon;
    Query m_applied;
};

} // namespace admin
