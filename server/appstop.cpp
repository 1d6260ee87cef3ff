// SPDX-License-Identifier: GPL-3.0-only
// App, second half: how it ends.
#include "app.h"

#include <QLoggingCategory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

namespace {

Q_LOGGING_CATEGORY(lcStop, "quoin.server")

} // namespace

void App::stop()
{
    if (m_stage != Stage::Serving)
        return;
    turnUnready();
    m_stopDeadline = QDeadlineTimer(m_settings.duration(u"shutdown.delay"_s)
                                    + m_settings.duration(u"shutdown.timeout"_s));
    QTimer::singleShot(m_settings.duration(u"shutdown.delay"_s), Qt::PreciseTimer, this, &App::closeDoor);
}

void App::turnUnready()
{
    if (m_stage != Stage::Serving)
        return;
    m_stage = Stage::Unready;
    m_health.setDraining();
}

void App::leave(std::chrono::milliseconds deadline, http::HandBack handBack)
{
    m_handBack = std::move(handBack);
    m_stopDeadline = QDeadlineTimer(deadline);
    if (m_stage == Stage::Closing)
        drainAll();
    else if (m_stage < Stage::Closing)
        closeDoor();
}

void App::hurry()
{
    m_stopDeadline = QDeadlineTimer(0);
    if (m_stage == Stage::Unready)
        closeDoor();
    else if (m_stage == Stage::Closing)
        drainAll();
}

void App::closeDoor()
{
    if (m_stage >= Stage::Closing)
        return;
    m_stage = Stage::Closing;
    m_admin.drain(); // a stream of events would keep its connection to the last
    m_hasHttpDrained = !m_http;
    drainAll();
}

void App::drainAll()
{
    if (m_http)
        m_http->drain(timeLeft(), m_handBack);
    m_tasks->drain(timeLeft());
    advanceStop();
}

/// Nobody waits for a handler's answer when HTTP has drained, but what it does (a database job, a task it pushes) still
/// counts.
void App::advanceStop()
{
    if (m_stage != Stage::Closing || !m_hasHttpDrained)
        return;
    if (m_pool.activeThreadCount() > 0 && timeLeft() > 0ms)
        m_handlersTimer.start(10ms);
    else if (m_hasQueueDrained)
        finish();
}

void App::finish()
{
    m_stage = Stage::Stopped;
    m_tasks->stop();
    if (hasStuckHandlers())
        qCWarning(lcStop) << "handlers still running count=" << m_pool.activeThreadCount();
    else
        m_plugins.stop();
    m_database->close();
    Q_EMIT stopped();
}

std::chrono::milliseconds App::timeLeft() const
{
    return std::chrono::milliseconds(std::max<qint64>(0, m_stopDeadline.remainingTime()));
}

} // namespace quoin::server
