// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/tone.h"

#include <QPainter>
#include <QWidget>

namespace admin {

/// A word on a soft plate: "live", "dead".
class Badge : public QWidget
{
    Q_OBJECT

public:
    explicit Badge(QWidget *parent = nullptr);
    Badge(const QString &text, Tone tone, QWidget *parent = nullptr);

    void set(const QString &text, Tone tone);
    QString text() const { return m_text; }
    QSize sizeHint() const override;

    /// The same for delegates: in `cell`, at its left, centred in height.
    static void paint(QPainter &painter, const QRect &cell, const QString &text, Tone tone, const Colors &colors);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_text;
    Tone m_tone = Tone::Neutral;
};

} // namespace admin
