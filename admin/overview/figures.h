// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>

namespace admin {

/// The figures of the last minutes, one a second, oldest first, as `GET /admin/v1/server/history` has them; grows by
/// the samples that come with events.
class Figures
{
public:
    static constexpr int kept = 300; ///< seconds

    void load(const QJsonObject &history);
    /// One second more: the same names with a number each. An empty object changes nothing.
    void append(const QJsonObject &sample);
    void clear() { *this = {}; }
    bool isEmpty() const { return m_requests.isEmpty(); }

    const QList<double> &requests() const { return m_requests; }
    const QList<double> &errors() const { return m_errors; }
    const QList<double> &p50() const { return m_p50; } ///< microseconds, as the two below
    const QList<double> &p95() const { return m_p95; }
    const QList<double> &p99() const { return m_p99; }
    const QList<double> &connections() const { return m_connections; }
    const QList<double> &tasksDone() const { return m_done; }
    const QList<double> &tasksFailed() const { return m_failed; }
    const QList<double> &tasksRunning() const { return m_running; }

    /// The mean of the last `seconds`; 0 without figures.
    static double mean(const QList<double> &figures, int seconds);
    /// The times of those seconds in which something was asked; -1 for the others.
    QList<double> whereAsked(const QList<double> &times) const;
    /// The mean of such times over the last `seconds`, by the number of requests; -1 if there were none.
    double meanTime(const QList<double> &times, int seconds) const;
    static double sum(const QList<double> &figures);
    static double last(const QList<double> &figures) { return figures.isEmpty() ? 0 : figures.last(); }

private:
    QList<std::pair<QString, QList<double> *>> columns();

    QList<double> m_requests, m_errors, m_p50, m_p95, m_p99, m_connections, m_done, m_failed, m_running;
};

} // namespace admin
