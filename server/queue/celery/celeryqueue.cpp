// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/celeryqueue.h"

#include "queue/celery/celerywork.h"
#include "queue/queuelog.h"

#include <QJsonArray>
#include <QJsonObject>

namespace quoin::celery {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostThreads = 1024;

} // namespace

CeleryQueue::CeleryQueue(abi::Database *database, queue::TaskCatalogue catalogue, CeleryOptions options,
                         QObject *parent)
    : Queue(parent)
    , m_work(std::make_unique<Work>(*this, database, std::move(catalogue), std::move(options)))
{
}

CeleryQueue::~CeleryQueue() = default;

void CeleryQueue::start() { m_work->start(); }

std::function<void()> CeleryQueue::waker() const { return m_work->waker(); }

void CeleryQueue::drain(std::chrono::milliseconds deadline) { m_work->drain(deadline); }

/// One that was made to run nothing here goes on doing so.
void CeleryQueue::setConcurrency(int threads)
{
    if (m_work->options.concurrency > 0)
        m_work->setConcurrency(threads);
}

int CeleryQueue::concurrency() const { return m_work->options.concurrency; }

const QString &CeleryQueue::owner() const { return m_work->owner; }

queue::QueueCounters CeleryQueue::counters() const
{
    queue::QueueCounters counters = m_work->counters;
    counters.held = static_cast<int>(m_work->hands.count());
    return counters;
}

QString CeleryQueue::name() const { return m_work->options.node; }

NodeFigures CeleryQueue::figures() const
{
    NodeFigures figures;
    figures.concurrency = concurrency();
    figures.prefetch = m_work->room() + static_cast<int>(m_work->hands.count());
    figures.active = static_cast<int>(active().size());
    figures.total = m_work->totals;
    for (const qint64 count : std::as_const(figures.total))
        figures.processed += count;
    return figures;
}

QList<TaskView> CeleryQueue::active() const { return m_work->views(true); }

QList<TaskView> CeleryQueue::reserved() const { return m_work->views(false); }

void CeleryQueue::scheduled(int most, Scheduled answer) const
{
    const QString node = name();
    m_work->broker().delayed(most, [answer = std::move(answer), node](const Result<QList<Broker::Delayed>> &waiting) {
        if (!waiting)
            return answer(waiting.error());
        QList<TaskView> views;
        for (const Broker::Delayed &one : *waiting) {
            const auto message = parseMessage(one.raw);
            if (!message)
                continue;
            TaskView view = TaskView::of(*message, node);
            view.eta = one.due;
            views += view;
        }
        answer(views);
    });
}

QStringList CeleryQueue::registered() const { return m_work->catalogue.names(); }

QByteArrayList CeleryQueue::queues() const { return m_work->options.queues; }

Result<> CeleryQueue::addQueue(const QByteArray &queue)
{
    if (queue.isEmpty() || queue.contains("\x06\x16"))
        return Error::invalid(u"A queue's name is not empty and does not contain the bytes 06 16."_s);
    if (!queues().contains(queue))
        m_work->setQueues(queues() + QByteArrayList{queue});
    return {};
}

Result<> CeleryQueue::cancelQueue(const QByteArray &queue)
{
    QByteArrayList others = queues();
    if (others.removeAll(queue) > 0)
        m_work->setQueues(others);
    return {};
}

QHash<QString, qint64> CeleryQueue::revoked() const { return m_work->revocations.all(); }

void CeleryQueue::revoke(const QHash<QString, qint64> &ids) { m_work->revoke(ids); }

QStringList CeleryQueue::terminate(const QStringList &ids) { return m_work->terminate(ids); }

Result<> CeleryQueue::grow(int by)
{
    const qint64 threads = qint64(concurrency()) + by;
    if (threads < 1 || threads > mostThreads)
        return Error::invalid(
            u"A node runs 1 to %1 tasks at once; this one runs %2."_s.arg(mostThreads).arg(concurrency()));
    setConcurrency(static_cast<int>(threads));
    return {};
}

Result<> CeleryQueue::setTimeLimits(const QString &task, std::optional<std::chrono::milliseconds> hard,
                                    std::optional<std::chrono::milliseconds> soft)
{
    const QString known = m_work->catalogue.canonical(task);
    if (known.isNull())
        return Error::notFound(u"unknown task"_s);
    m_work->limits.insert(known, {soft, hard});
    return {};
}

QJsonObject CeleryQueue::configuration() const
{
    const CeleryOptions &options = m_work->options;
    QJsonArray consumed;
    for (const QByteArray &queue : options.queues)
        consumed += QString::fromUtf8(queue);
    return {{u"broker_url"_s, options.broker.toDisplayString()},
            {u"result_backend"_s, options.results ? QJsonValue(options.results->toDisplayString()) : QJsonValue()},
            {u"result_expires"_s, static_cast<qint64>(options.resultsExpire.count())},
            {u"task_default_queue"_s, QString::fromUtf8(options.shared)},
            {u"task_queues"_s, consumed},
            {u"task_serializer"_s, u"json"_s},
            {u"result_serializer"_s, u"json"_s},
            {u"accept_content"_s, QJsonArray{u"json"_s}},
            {u"task_acks_late"_s, true},
            {u"task_reject_on_worker_lost"_s, true},
            {u"broker_transport_options"_s,
             QJsonObject{{u"visibility_timeout"_s, static_cast<qint64>(options.visibilityTimeout.count())}}},
            {u"worker_concurrency"_s, options.concurrency},
            {u"worker_send_task_events"_s, options.taskEvents},
            {u"timezone"_s, u"UTC"_s}};
}

void CeleryQueue::shutDown()
{
    qCInfo(quoinQueue).noquote().nospace() << "celery node is shut down by remote control name=" << name();
    drain(m_work->options.shutdownDeadline);
    Q_EMIT shutdownWanted();
}

} // namespace quoin::celery
