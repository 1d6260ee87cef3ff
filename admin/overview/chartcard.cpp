// SPDX-License-Identifier: GPL-3.0-only
#include "overview/chartcard.h"

#include "overview/figures.h"
#include "ui/legenddot.h"

#include <QAreaSeries>
#include <QChart>
#include <QChartView>
#include <QEvent>
#include <QGraphicsLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineSeries>
#include <QVBoxLayout>
#include <QValueAxis>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace admin {

double roundedUp(double value)
{
    if (value <= 1)
        return 1;
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0}) {
        if (value <= step * power)
            return step * power;
    }
    return 10 * power;
}

ChartCard::ChartCard(const QString &title, const QList<ChartLine> &lines, const std::function<QString(double)> &label,
                     QWidget *parent)
    : QFrame(parent)
    , m_lines(lines)
    , m_label(label)
    , m_figure(new QLabel(u"–"_s, this))
    , m_words(new QLabel(this))
    , m_top(new QLabel(this))
    , m_legend(new QWidget(this))
    , m_chart(new QChart)
    , m_view(new QChartView(m_chart, this))
    , m_x(new QValueAxis(this))
    , m_y(new QValueAxis(this))
    , m_title(title)
{
    setProperty("role", u"card"_s);
    auto *name = new QLabel(title, this);
    name->setProperty("role", u"muted"_s);
    m_figure->setProperty("role", u"figure"_s);
    m_words->setProperty("role", u"muted"_s);
    m_words->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // rather cut off than make the card wider
    m_top->setProperty("role", u"caption"_s);
    m_top->setParent(m_view);
    m_top->move(6, 6);
    buildLegend();
    buildChart();

    auto *first = new QHBoxLayout;
    first->addWidget(name);
    first->addStretch();
    first->addWidget(m_legend);
    auto *now = new QHBoxLayout;
    now->setSpacing(8);
    now->addWidget(m_figure, 0, Qt::AlignBaseline);
    now->addWidget(m_words, 1, Qt::AlignBaseline);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(18, 14, 18, 10);
    layout->setSpacing(4);
    layout->addLayout(first);
    layout->addLayout(now);
    layout->addWidget(m_view, 1);
    dress();
}

void ChartCard::buildLegend()
{
    auto *layout = new QHBoxLayout(m_legend);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    if (m_lines.size() < 2)
        return;
    for (const ChartLine &line : std::as_const(m_lines)) {
        auto *label = new QLabel(line.name, m_legend);
        label->setProperty("role", u"caption"_s);
        layout->addSpacing(6);
        layout->addWidget(new LegendDot(line.tone, line.isThin, m_legend));
        layout->addWidget(label);
    }
}

void ChartCard::buildChart()
{
    m_chart->legend()->hide();
    m_chart->setMargins({0, 4, 0, 0});
    m_chart->layout()->setContentsMargins(0, 0, 0, 0);
    m_chart->setBackgroundRoundness(0);
    m_chart->setBackgroundVisible(false);
    m_chart->setAnimationOptions(QChart::NoAnimation);
    m_chart->addAxis(m_x, Qt::AlignBottom);
    m_chart->addAxis(m_y, Qt::AlignLeft);
    m_x->setRange(1 - Figures::kept, 0);
    m_x->setVisible(false);
    m_y->setRange(0, 1);
    m_y->setTickCount(3);
    m_y->setLabelsVisible(false);
    m_y->setLineVisible(false);
    for (const ChartLine &line : std::as_const(m_lines)) {
        auto *edge = line.isFilled ? new QLineSeries(m_chart) : nullptr;
        auto *area = line.isFilled ? new QAreaSeries(edge) : nullptr;
        auto *series = new QLineSeries;
        m_edges << edge;
        m_areas << area;
        m_series << series;
        for (QAbstractSeries *shown : {static_cast<QAbstractSeries *>(area), static_cast<QAbstractSeries *>(series)}) {
            if (!shown)
                continue;
            m_chart->addSeries(shown);
            shown->attachAxis(m_x);
            shown->attachAxis(m_y);
        }
    }
    m_view->setRenderHint(QPainter::Antialiasing);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setBackgroundBrush(Qt::NoBrush);
    m_view->setStyleSheet(u"background: transparent"_s);
    m_view->setMinimumHeight(90);
    m_view->setFocusPolicy(Qt::NoFocus);
    m_view->setInteractive(false);
    m_view->setAccessibleName(tr("Chart: %1").arg(m_title));
}

void ChartCard::setFigures(const QList<QList<double>> &figures)
{
    double top = 0;
    for (qsizetype i = 0; i < m_series.size() && i < figures.size(); ++i) {
        QList<QPointF> points;
        points.reserve(figures[i].size());
        for (qsizetype k = 0; k < figures[i].size(); ++k) {
            if (figures[i][k] < 0)
                continue; // nothing was measured
            points << QPointF(static_cast<double>(k - figures[i].size() + 1), figures[i][k]);
            top = std::max(top, figures[i][k]);
        }
        if (m_edges[i])
            m_edges[i]->replace(points);
        m_series[i]->replace(points); // one repaint for all
    }
    const double end = roundedUp(std::max(top * 1.05, m_leastTop));
    m_y->setRange(0, end);
    m_top->setText(m_label(end));
    m_top->adjustSize();
}

void ChartCard::setNow(const QString &figure, const QString &words)
{
    m_figure->setText(figure);
    m_words->setText(words);
    m_words->setToolTip(words);
    m_view->setAccessibleDescription(figure + u' ' + words);
}

// In a small window the title and the figures are worth more than the names of the lines.
void ChartCard::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    m_legend->setVisible(width() >= 290);
}

void ChartCard::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        dress();
}

void ChartCard::dress()
{
    const Colors &colors = Colors::of(palette());
    m_y->setGridLineColor(colors.border);
    for (qsizetype i = 0; i < m_series.size(); ++i) {
        const QColor ink = inkOf(m_lines[i].tone, colors);
        const QPen pen(ink, m_lines[i].isThin ? 1.1 : 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
        m_series[i]->setPen(pen);
        if (QAreaSeries *area = m_areas[i]) {
            QColor soft = ink;
            soft.setAlphaF(0.13F);
            area->setPen(Qt::NoPen);
            area->setBrush(soft);
        }
    }
}

} // namespace admin
