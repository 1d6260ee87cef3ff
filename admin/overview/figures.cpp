// SPDX-License-Identifier: GPL-3.0-only
#include "overview/figures.h"

#include <QJsonArray>

#include <algorithm>
#include <numeric>

using namespace Qt::StringLiterals;

namespace admin {

QList<std::pair<QString, QList<double> *>> Figures::columns()
{
    return {{u"requests"_s, &m_requests}, {u"errors"_s, &m_errors},       {u"p50_us"_s, &m_p50},
            {u"p95_us"_s, &m_p95},        {u"p99_us"_s, &m_p99},          {u"connections"_s, &m_connections},
            {u"tasks_done"_s, &m_done},   {u"tasks_failed"_s, &m_failed}, {u"tasks_running"_s, &m_running}};
}

void Figures::load(const QJsonObject &history)
{
    for (const auto &[name, figures] : columns()) {
        figures->clear();
        const auto values = history[name].toArray();
        for (const auto &value : values)
            *figures << value.toDouble();
        if (figures->size() > kept)
            figures->remove(0, figures->size() - kept);
    }
}

void Figures::append(const QJsonObject &sample)
{
    if (!sample[u"requests"_s].isDouble())
        return;
    for (const auto &[name, figures] : columns()) {
        *figures << sample[name].toDouble();
        if (figures->size() > kept)
            figures->removeFirst();
    }
}

double Figures::mean(const QList<double> &figures, int seconds)
{
    const auto count = std::min<qsizetype>(seconds, figures.size());
    return count == 0 ? 0 : std::accumulate(figures.end() - count, figures.end(), 0.0) / static_cast<double>(count);
}

QList<double> Figures::whereAsked(const QList<double> &times) const
{
    QList<double> result = times;
    for (qsizetype i = 0; i < result.size() && i < m_requests.size(); ++i) {
        if (m_requests[i] <= 0)
            result[i] = -1;
    }
    return result;
}

double Figures::meanTime(const QList<double> &times, int seconds) const
{
    double weighted = 0, requests = 0;
    const auto count = std::min(times.size(), m_requests.size());
    for (qsizetype i = std::max<qsizetype>(0, count - seconds); i < count; ++i) {
        weighted += times[i] * m_requests[i];
        requests += m_requests[i];
    }
    return requests > 0 ? weighted / requests : -1;
}

double Figures::sum(const QList<double> &figures) { return std::accumulate(figures.begin(), figures.end(), 0.0); }

} // namespace admin
