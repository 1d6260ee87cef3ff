// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/tone.h"

#include <QWidget>

#include <optional>

namespace admin {

/// A drawing as a widget, in the quiet colour or that of a tone; it follows the theme.
class IconLabel : public QWidget
{
    Q_OBJECT

public:
    IconLabel(const QString &icon, int size, QWidget *parent = nullptr);
    void set(const QString &icon, Tone tone);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_icon;
    Tone m_tone = Tone::Neutral;
};

} // namespace admin
