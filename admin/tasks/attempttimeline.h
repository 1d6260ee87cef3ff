// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/tone.h"

#include <QDateTime>
#include <QJsonObject>
#include <QWidget>

namespace admin {

/// Something that happened to a task, or will.
struct Moment
{
    QDateTime at;
    QString title;  ///< "Attempt 2 failed after 1.2 s"
    QString detail; ///< who, or why; one line
    Tone tone = Tone::Neutral;
    bool isAhead = false; ///< not yet: an open circle
    bool operator==(const Moment &) const = default;
};

/// The life of a task as moments, in order: from its "history" where the server knows it, else from its times.
QList<Moment> momentsOf(const QJsonObject &task, const QDateTime &now = QDateTime::currentDateTimeUtc());

/// Draws the moments along a line: above, to scale; beneath, one after the other with their words. For screen readers
/// the same is its description.
class AttemptTimeline : public QWidget
{
    Q_OBJECT

public:
    explicit AttemptTimeline(QWidget *parent = nullptr);

    void setMoments(const QList<Moment> &moments);
    const QList<Moment> &moments() const { return m_moments; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {120, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    int rowHeight() const;
    void paintScale(QPainter &painter, const Colors &colors) const;
    void paintMoment(QPainter &painter, const Colors &colors, int row) const;

    QList<Moment> m_moments;
};

} // namespace admin
