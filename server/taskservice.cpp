// SPDX-License-Identifier: GPL-3.0-only
#include "taskservice.h"

#include "celerysettings.h"
#include "queue/celery/celeryqueue.h"
#include "queue/celery/relay.h"
#include "queue/databasequeue.h"
#include "queue/taskadmin.h"
#include "settings/httpsettings.h"
#include "wiring.h"

#include <QLoggingCategory>

#include <malloc.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

namespace {

Q_LOGGING_CATEGORY(lcTasks, "quoin.server")

queue::Retention retentionOf(const Settings &settings)
{
    queue::Retention retention;
    retention.age = std::chrono::ceil<std::chrono::hours>(settings.duration(u"queue.keep_done"_s));
    retention.count = settings.integer(u"queue.keep_count"_s);
    return retention;
}

queue::OutboxOptions outboxOptions(const Settings &settings)
{
    queue::OutboxOptions options;
    options.largestArguments = std::max(
        options.largestArguments, static_cast<qsizetype>(httpLimits(settings).body) + 1024); // a record and its id
    return options;
}

/// Nobody looks at these from here: they are not lost, but neither are they run.
void warnOfSent(qint64 count)
{
    if (count > 0)
        qCWarning(lcTasks).nospace()
            << "tasks are with a Celery broker, and queue.url is not set count=" << count
            << " remedy=\"set queue.url until they are done, or take them back: see docs/from-celery.md, What is not "
               "handed over yet\"";
}

} // namespace

TaskService::TaskService(const Settings &settings, const TaskRole &role, abi::Database &database,
                         const QList<const plugins::HostedPlugin *> &described, QObject *parent)
    : QObject(parent)
    , m_settings(settings)
    , m_role(role)
    , m_database(database)
    , m_known(taskCatalogue(described))
    , m_outbox(std::make_unique<queue::Outbox>(m_known, std::function<void()>(), outboxOptions(settings)))
    , m_subscriptions(std::make_unique<queue::Subscriptions>(m_outbox.get()))
    , m_watchedDatabase(std::make_unique<queue::PushWatch>(&database, [this] { onPush(); }))
{
    for (const auto *plugin : described) {
        for (const auto &subscription : plugin->description.subscriptions)
            m_subscriptions->add(subscription.event, subscription.task);
    }
}

TaskService::~TaskService() = default;

Result<> TaskService::start(const QList<const plugins::HostedPlugin *> &live)
{
    queue::TaskCatalogue catalogue = taskCatalogue(live);
    m_outbox->addPublishedNames(catalogue);
    auto queue = usesCelery() ? makeCeleryQueue(catalogue) : makeDatabaseQueue(catalogue);
    if (!queue)
        return queue.error();
    m_queue = *std::move(queue);
    connect(m_queue.get(), &queue::Queue::drained, this, &TaskService::onQueueDrained);
    m_wakeUp = m_queue->waker();
    if (usesCelery()) {
        if (const auto started = startRelay(); !started)
            return started;
    }
    m_wakeable = &m_wakeUp;
    m_queue->start();
    if (m_role.runsTasks) {
        m_calm.setTimerType(Qt::VeryCoarseTimer);
        m_calm.callOnTimeout(this, &TaskService::giveMemoryBack);
        m_calm.start(2s);
        m_pruner = std::make_unique<queue::Pruner>(&m_database, retentionOf(m_settings));
        m_pruner->start();
        qCDebug(lcTasks).nospace() << "queue ready kind=" << (usesCelery() ? "celery" : "database")
                                   << " concurrency=" << m_queue->concurrency();
    }
    return {};
}

bool TaskService::usesCelery() const { return !m_settings.text(u"queue.url"_s).isEmpty(); }

Result<std::unique_ptr<queue::Queue>> TaskService::makeDatabaseQueue(const queue::TaskCatalogue &catalogue)
{
    queue::QueueOptions options;
    options.concurrency = m_role.runsTasks ? static_cast<int>(m_settings.integer(u"queue.concurrency"_s)) : 0;
    options.lease = m_settings.duration(u"queue.lease"_s);
    options.renewal = options.lease / 4;
    options.poll = m_settings.duration(u"queue.poll"_s);
    options.meters = m_role.meters;
    options.tellsDone = m_settings.isOn(u"log.tasks"_s);
    if (m_role.runsTasks)
        queue::TaskAdmin(&m_database).figures().then([](const queue::TaskAdmin::Figures &figures) {
            warnOfSent(figures.sent);
        });
    return std::unique_ptr<queue::Queue>(std::make_unique<queue::DatabaseQueue>(&m_database, catalogue, options));
}

Result<std::unique_ptr<queue::Queue>> TaskService::makeCeleryQueue(const queue::TaskCatalogue &catalogue)
{
    auto options = celeryOptions(m_settings, nodeName(m_settings, m_role.serves, m_role.index));
    if (!options)
        return options.error();
    if (!m_role.runsTasks)
        options->concurrency = 0;
    options->meters = m_role.meters;
    options->tellsDone = m_settings.isOn(u"log.tasks"_s);
    auto queue = std::make_unique<celery::CeleryQueue>(&m_database, catalogue, *std::move(options));
    connect(queue.get(), &celery::CeleryQueue::replaceWanted, this, &TaskService::replaceWanted);
    connect(queue.get(), &celery::CeleryQueue::shutdownWanted, this,
            [this] { Q_EMIT endWanted(u"remote control asked for it"_s); });
    return std::unique_ptr<queue::Queue>(std::move(queue));
}

/// In every process that pushes; those that share the database agree on one that is active.
Result<> TaskService::startRelay()
{
    const auto celery = celeryOptions(m_settings, {});
    if (!celery)
        return celery.error();
    celery::RelayOptions options = relayOptions(m_settings, *celery, m_known.names());
    options.publishedName = [this](const QString &task) { return m_outbox->publishedName(task); };
    m_relay = std::make_unique<celery::Relay>(&m_database, celery->broker, std::move(options));
    connect(m_relay.get(), &celery::Relay::stopped, this, &TaskService::drained);
    m_wakeUp = m_relay->waker();
    m_relay->start();
    return {};
}

/// A database thread calls this after each commit with a push. Rows of Celery's queue are taken on by the relay of this
/// process; those of the database's queue by the process that runs tasks, which may be another.
void TaskService::onPush()
{
    const std::function<void()> *wakeUp = m_wakeable;
    if (wakeUp && (m_role.runsTasks || m_relay))
        (*wakeUp)();
    else if (!m_role.runsTasks && !m_hasPushed.exchange(true))
        QMetaObject::invokeMethod(
            this,
            [this] {
                m_hasPushed = false;
                Q_EMIT pushed();
            },
            Qt::QueuedConnection);
}

/// After a rush: glibc keeps what was freed below something that lives, some ten megabytes after ten thousand tasks.
void TaskService::giveMemoryBack()
{
    const queue::QueueCounters counters = m_queue->counters();
    const qint64 attempts = counters.done + counters.failed;
    if (counters.held == 0 && attempts > m_attemptsBefore) {
        m_attemptsBefore = attempts;
        ::malloc_trim(0);
    }
}

void TaskService::wake()
{
    if (const std::function<void()> *wakeUp = m_wakeable)
        (*wakeUp)();
}

void TaskService::drain(std::chrono::milliseconds deadline)
{
    m_isDraining = true;
    m_queue->drain(deadline);
    if (m_isQueueDrained) // remote control had it drained before
        QMetaObject::invokeMethod(this, &TaskService::finishDrain, Qt::QueuedConnection);
}

void TaskService::onQueueDrained()
{
    m_isQueueDrained = true;
    if (m_isDraining)
        finishDrain();
}

/// The relay is the last to go: what runs until then may push.
void TaskService::finishDrain()
{
    if (std::exchange(m_isFinishing, true))
        return;
    if (m_relay)
        m_relay->stop();
    else
        Q_EMIT drained();
}

} // namespace quoin::server
