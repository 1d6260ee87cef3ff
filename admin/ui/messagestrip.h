// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/problem.h"
#include "ui/tone.h"

#include <QFrame>

class QLabel;

namespace admin {

class IconLabel;

/// A line over the content that stays until it is closed or something newer is told: what could not be done and what to
/// do about it.
class MessageStrip : public QFrame
{
    Q_OBJECT

public:
    explicit MessageStrip(QWidget *parent = nullptr);

    void tell(const QString &sentence, Tone tone);
    void tell(const Problem &problem) { tell(problem.sentence(), Tone::Bad); }
    QString text() const;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    IconLabel *m_icon;
    QLabel *m_label;
    Tone m_tone = Tone::Bad;
};

} // namespace admin
