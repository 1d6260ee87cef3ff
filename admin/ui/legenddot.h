// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/tone.h"

#include <QWidget>

namespace admin {

/// A short stroke as the line of a chart has it.
class LegendDot : public QWidget
{
    Q_OBJECT

public:
    LegendDot(Tone tone, bool isThin, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Tone m_tone;
    bool m_isThin;
};

} // namespace admin
