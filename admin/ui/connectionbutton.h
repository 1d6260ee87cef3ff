// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/connection.h"

#include <QAbstractButton>

namespace admin {

/// Which server this is, in its colour, with a lock if it is read-only and a dot for whether it answers; a click opens
/// the menu of connections.
class ConnectionButton : public QAbstractButton
{
    Q_OBJECT

public:
    enum class Light { None, Good, Busy, Bad };

    explicit ConnectionButton(QWidget *parent = nullptr);

    void setConnection(const Connection &connection);
    void setLight(Light light);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void describe();

    Connection m_shown;
    Light m_light = Light::None;
};

} // namespace admin
