// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QFrame>

class QLabel;
class QProgressBar;

namespace admin {

/// Something that goes on for a while: what, how far, and a button that cancels it.
class ProgressStrip : public QFrame
{
    Q_OBJECT

public:
    explicit ProgressStrip(const QString &accessibleName, QWidget *parent = nullptr);

    /// Shows it. total 0: nobody knows how far.
    void tell(const QString &text, qint64 done, qint64 total);

Q_SIGNALS:
    void cancelled();

private:
    QLabel *m_text;
    QProgressBar *m_bar;
};

} // namespace admin
