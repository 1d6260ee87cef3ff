// SPDX-License-Identifier: GPL-3.0-only
// Supervision, third part: settings that change while it serves.
#include "supervision.h"

#include "log/log.h"
#include "servicemanager.h"
#include "settings/pluginsettings.h"
#include "startlog.h"

#include <QLoggingCategory>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::server {

Q_DECLARE_LOGGING_CATEGORY(lcSupervisor)

supervisor::Posts Supervision::posts() const
{
    const int web = static_cast<int>(settings().integer(u"http.workers"_s));
    const int tasks = static_cast<int>(settings().integer(u"queue.workers"_s));
    return m_role == Role::Serve ? supervisor::Posts{web, tasks} : supervisor::Posts{0, std::max(1, tasks)};
}

void Supervision::reload()
{
    if (m_isStopping)
        return;
    if (m_isOpen)
        m_ground.manager->reloading();
    auto read = readSettingsAgain(m_configuration, m_atStart, [](const SettingKey &key) { return !key.onlyAtStart; });
    logReload(read);
    const bool hasChanged = read && !read->changed.isEmpty();
    if (hasChanged)
        m_reading = ++m_readings;
    if (read)
        use(read->next);
    rescan();
    if (!hasChanged)
        tellReady();
    else if (m_isOpen || !m_starts.isEmpty()) // else the first plan is still to come
        roll(m_pipeline->plannedPlan());
}

/// What is this process's own counts at once, all else in the workers that start from now on.
void Supervision::use(const Configuration &configuration)
{
    m_configuration = configuration;
    Log::setLevel(settings().text(u"log.level"_s));
    m_fleet->setDrainTimeout(settings().duration(u"shutdown.timeout"_s));
    m_fleet->setPosts(posts());
}

/// No worker could start with settings that were read again: those of the generation that serves count again. False if
/// the settings are not to blame.
bool Supervision::fallBack(const Start &refused, const QString &why)
{
    if (!m_serving || refused.reading == m_serving->reading)
        return false;
    if (refused.reading != m_reading)
        return true; // newer ones are on their way
    qCCritical(lcSupervisor).noquote().nospace()
        << "settings stay as they were: no worker can start with the new ones why=\"" << why << '"';
    m_reading = m_serving->reading;
    use(m_serving->configuration);
    rescan();
    if (!m_pipeline->plannedPlan().servesSame(m_serving->plan))
        roll(m_pipeline->plannedPlan());
    tellReady();
    return true;
}

void Supervision::rescan()
{
    auto trust = plugins::Trust::open(trustOptions(settings()));
    if (!trust) {
        qCCritical(lcSupervisor).noquote() << "whom to trust stays as it was:" << trust.error().message();
        return m_pipeline->rescan();
    }
    const bool asks = trust->mode() != plugins::TrustOptions::Mode::Off;
    if (std::exchange(m_asksWhoVouches, asks) || asks)
        m_pipeline->rescan(std::make_shared<const plugins::Trust>(*std::move(trust)));
    else
        m_pipeline->rescan();
}

/// Once the first generation serves, and again when settings that were read again count.
void Supervision::tellReady()
{
    if (!m_isOpen)
        return;
    const QString where = u"http://"_s + m_addresses.join(u", http://"_s);
    QString what = m_role == Role::Serve ? u"Serving "_s + where : u"Running tasks"_s;
    if (m_role == Role::TasksOnly && !m_addresses.isEmpty())
        what += u", health and metrics at "_s + where;
    const int workers = m_fleet->size();
    const QString status = u"%1; generation %2, %3"_s.arg(what)
                               .arg(m_fleet->generation())
                               .arg(workers == 1 ? u"1 worker"_s : u"%1 workers"_s.arg(workers));
    if (m_serving->reading == m_reading)
        m_ground.manager->ready(status);
    else
        m_ground.manager->status(status);
}

} // namespace quoin::server
