// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QColor>
#include <QList>
#include <QWidget>

class QButtonGroup;

namespace admin {

/// A few colours to choose from, as round buttons with names.
class ColorRow : public QWidget
{
    Q_OBJECT

public:
    explicit ColorRow(QWidget *parent = nullptr);

    /// Invalid is the first: no colour of its own.
    QColor color() const;
    void setColor(const QColor &color);

private:
    QButtonGroup *m_buttons;
};

} // namespace admin
