// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/tone.h"

#include <QFrame>
#include <QList>

#include <functional>

class QAreaSeries;
class QChart;
class QChartView;
class QLabel;
class QLineSeries;
class QValueAxis;

namespace admin {

/// One line of a chart.
struct ChartLine
{
    QString name;
    Tone tone = Tone::Info;
    bool isFilled = false; ///< the space below it, softly
    bool isThin = false;   ///< for what jumps about
};

/// A card with a title, the figure of now, and its course over the last minutes.
class ChartCard : public QFrame
{
    Q_OBJECT

public:
    ChartCard(const QString &title, const QList<ChartLine> &lines, const std::function<QString(double)> &label,
              QWidget *parent = nullptr);

    /// The figures of each line, one a second, the last is now; negative: there is none of that second.
    void setFigures(const QList<QList<double>> &figures);
    /// The axis ends there or above: 4 for what is counted, so that its ticks are whole.
    void setLeastTop(double top) { m_leastTop = top; }
    /// The large one, and the quiet words beside it.
    void setNow(const QString &figure, const QString &words);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void buildChart();
    void buildLegend();
    void dress();

    QList<ChartLine> m_lines;
    std::function<QString(double)> m_label;
    QLabel *m_figure, *m_words, *m_top;
    QWidget *m_legend;
    QChart *m_chart;
    QChartView *m_view;
    QList<QLineSeries *> m_series, m_edges; ///< what is seen, and the upper edges of what is filled (or null)
    QList<QAreaSeries *> m_areas;           ///< null for lines that are not filled
    QValueAxis *m_x, *m_y;
    QString m_title;
    double m_leastTop = 0;
};

/// The smallest of 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, ... that is not below `value`; 1 for anything below 1. The end
/// of an axis.
double roundedUp(double value);

} // namespace admin
