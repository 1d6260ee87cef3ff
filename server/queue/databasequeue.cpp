// SPDX-License-Identifier: GPL-3.0-only
#include "queue/databasequeue.h"

#include "queue/mailbox.h"
#include "queue/owner.h"
#include "queue/queuelog.h"
#include "queue/tasklines.h"

#include <QRandomGenerator>

namespace quoin::queue {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Settlement givenBack(const LeaseKey &lease)
{
    Settlement settlement;
    settlement.id = lease.first;
    settlement.attempt = lease.second;
    settlement.state = TaskState::Ready;
    settlement.counted = false;
    return settlement;
}

/// The last attempt ended in a crash or stall: whoever took it over counted it, and left the reason as its error.
Settlement endedByCrash(const LeaseKey &lease)
{
    Settlement settlement = givenBack(lease);
    settlement.state = TaskState::Dead;
    settlement.finished = systemMicroseconds();
    return settlement;
}

std::function<void()> posting(const std::shared_ptr<Mailbox> &mailbox, std::function<void()> call)
{
    return [mailbox, call = std::move(call)] { mailbox->post(call); };
}

} // namespace

DatabaseQueue::DatabaseQueue(abi::Database *database, TaskCatalogue catalogue, QueueOptions options, QObject *parent)
    : Queue(parent)
    , m_database(database)
    , m_catalogue(std::move(catalogue))
    , m_names(m_catalogue.names())
    , m_options(std::move(options))
    , m_worker(processName())
    , m_owner(uniqueOwner())
    , m_mailbox(std::make_shared<Mailbox>(this))
    , m_runs(std::max(m_options.concurrency, 1), posting(m_mailbox, [this] { takeFinished(); }))
    , m_strangers(database, m_names, m_options.clock)
    , m_attempts(m_options.concurrency > 0 ? m_options.meters : nullptr, m_catalogue)
{
    if (!m_options.random)
        m_options.random = [] { return QRandomGenerator::global()->generateDouble(); };
    for (QTimer *once : {&m_due, &m_backoff, &m_deadline})
        once->setSingleShot(true);
    m_due.setTimerType(Qt::PreciseTimer);
    connect(&m_tick, &QTimer::timeout, this, &DatabaseQueue::tick);
    connect(&m_renewal, &QTimer::timeout, this, [this] {
        m_mustRenew = true;
        advance();
    });
    connect(&m_due, &QTimer::timeout, this, [this] {
        m_mayClaim = true;
        advance();
    });
    connect(&m_backoff, &QTimer::timeout, this, &DatabaseQueue::advance);
}

DatabaseQueue::~DatabaseQueue() { m_mailbox->close(); }

void DatabaseQueue::start()
{
    if (m_phase != Phase::Idle || m_options.concurrency <= 0)
        return;
    m_phase = Phase::Working;
    m_tick.start(m_options.poll);
    m_renewal.start(m_options.renewal);
    m_strangers.start();
    look();
}

std::function<void()> DatabaseQueue::waker() const
{
    auto *queue = const_cast<DatabaseQueue *>(this);
    const auto pending = std::make_shared<std::atomic<bool>>(
        false); // shared by the copies of the function: one event for many calls
    return [mailbox = m_mailbox, pending, queue] {
        if (pending->exchange(true))
            return;
        mailbox->post([pending, queue] {
            *pending = false; // before looking: a push after this posts again
            queue->m_mayClaim = true;
            queue->advance();
        });
    };
}

/// One that was made to run nothing here goes on doing so.
void DatabaseQueue::setConcurrency(int threads)
{
    if (m_options.concurrency <= 0)
        return;
    m_options.concurrency = std::max(threads, 1);
    m_runs.setConcurrency(m_options.concurrency);
    m_mayClaim = true;
    advance();
}

QueueCounters DatabaseQueue::counters() const
{
    QueueCounters counters = m_counters;
    counters.held = static_cast<int>(m_runs.heldCount());
    return counters;
}

/// The one place that decides what to do next: called after everything that happened.
void DatabaseQueue::advance()
{
    if (m_phase == Phase::Idle || m_phase == Phase::Drained || m_inFlight || m_backoff.isActive())
        return;
    ExchangeOrder order = nextOrder();
    if (isWorth(order))
        send(std::move(order));
    else if (m_phase == Phase::Draining && m_runs.heldCount() == 0)
        finishDrain();
}

ExchangeOrder DatabaseQueue::nextOrder()
{
    ExchangeOrder order;
    order.held = m_runs.held();
    order.renew = m_mustRenew && !order.held.isEmpty();
    order.reclaim = m_mustReclaim;
    order.settlements = m_settlements;
    if (m_phase == Phase::Working && m_mayClaim)
        order.wanted = m_runs.room();
    return order;
}

bool DatabaseQueue::isWorth(const ExchangeOrder &order) const
{
    return order.renew || order.reclaim || order.wanted > 0 || !order.settlements.isEmpty();
}

void DatabaseQueue::send(ExchangeOrder order)
{
    order.owner = m_owner;
    order.worker = m_worker;
    order.lease = m_options.lease;
    order.clock = m_options.clock;
    order.names = m_names;
    m_settlements.clear();
    m_mustRenew = m_mustReclaim = false;
    if (order.wanted > 0)
        m_mayClaim = false; // a wake-up from here on means another claim
    m_inFlight = true;
    m_database.write([order](Connection &connection) { return exchange(connection, order); })
        .then([this, order, mailbox = m_mailbox](const Result<ExchangeAnswer> &answer) {
            mailbox->post([this, order, answer] { receive(order, answer); });
        });
}

void DatabaseQueue::receive(const ExchangeOrder &order, const Result<ExchangeAnswer> &answer)
{
    m_inFlight = false;
    if (!answer)
        return failed(order, answer.error());
    noteBack();
    noteSettled(order, *answer);
    noteLost(order, *answer);
    for (const Reclaimed &task : answer->reclaimed)
        qCWarning(quoinQueue).noquote().nospace() << "task taken over kind=" << task.name << " id=" << task.id
                                                  << " attempt=" << task.attempt << " from=" << task.worker;
    begin(answer->claimed);
    // There may be more, or what this exchange itself made ready was not asked for.
    const bool full = answer->claimed.size() == order.wanted;
    if (full && (order.wanted > 0 || answer->promoted > 0 || !answer->reclaimed.isEmpty()))
        m_mayClaim = true;
    armDue(answer->now, answer->nextDue);
    advance();
}

void DatabaseQueue::noteSettled(const ExchangeOrder &order, const ExchangeAnswer &answer)
{
    for (const Settlement &settlement : order.settlements) {
        if (answer.settled.contains(settlement.id)) {
            m_counters.done += settlement.state == TaskState::Done;
            m_counters.dead += settlement.state == TaskState::Dead;
            m_mayClaim = m_mayClaim || settlement.state == TaskState::Ready;
            Q_EMIT taskSettled(settlement.id, settlement.state);
        } else {
            ++m_counters.lost;
            m_attempts.lost(1);
            qCWarning(quoinQueue).noquote().nospace()
                << "outcome not counted id=" << settlement.id << " attempt=" << settlement.attempt
                << ": the task was cancelled, or taken over after its lease had ended";
        }
    }
}

void DatabaseQueue::noteLost(const ExchangeOrder &order, const ExchangeAnswer &answer)
{
    if (!order.renew)
        return;
    for (const LeaseKey &lease : order.held) {
        if (answer.renewed.contains(lease))
            continue;
        if (const auto run = m_runs.find(lease))
            run->setLost();
    }
}

void DatabaseQueue::begin(const QList<Claimed> &claimed)
{
    QList<Assignment> assignments;
    for (const Claimed &task : claimed) {
        const LeaseKey lease(task.id, task.attempt);
        const TaskKind *kind = m_catalogue.find(task.name);
        if (m_phase != Phase::Working || !kind)
            giveBack({lease});
        else if (task.attempt > kind->attempts)
            giveUp(task);
        else
            assignments += {task, m_catalogue.canonical(task.name), *kind};
    }
    if (!assignments.isEmpty())
        m_runs.start(assignments);
}

void DatabaseQueue::giveUp(const Claimed &task)
{
    m_settlements += endedByCrash({task.id, task.attempt});
    m_attempts.gaveUp(m_catalogue.canonical(task.name));
}

void DatabaseQueue::takeFinished()
{
    const auto finished = m_runs.takeFinished();
    for (const auto &[run, outcome, cost] : finished) {
        m_settlements += settle(outcome, run->kind(), m_options.random());
        m_attempts.ended(*run, outcome, m_settlements.last());
        if (!outcome.error) {
            if (m_options.tellsDone)
                logDone(*run, outcome);
            continue;
        }
        ++m_counters.failed;
        qCWarning(quoinQueue).noquote().nospace()
            << "task failed kind=" << outcome.name << " id=" << outcome.id << " attempt=" << outcome.attempt
            << " then=" << toString(m_settlements.last().state) << " trace=" << trace::traceId(run->trace())
            << " error=\"" << outcome.error->message() << '"';
    }
    advance();
}

void DatabaseQueue::giveBack(const QList<LeaseKey> &leases)
{
    for (const LeaseKey &lease : leases)
        m_settlements += givenBack(lease);
}

} // namespace quoin::queue
