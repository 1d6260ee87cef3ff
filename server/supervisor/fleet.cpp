// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/fleet.h"

#include "supervisor/handover.h"
#include "supervisor/log.h"

#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::supervisor {

namespace {

constexpr auto lookInterval = 100ms;

} // namespace

Fleet::Fleet(FleetOptions options, HostMemory &memory, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_memory(memory)
    , m_crew(m_options.program, m_options.arguments, memory)
    , m_desk(
          memory,
          [this](int slot, const QByteArray &note, int descriptor) {
              return m_crew.at(slot)->process->send(message::connection, note, descriptor);
          },
          m_options.mostWaiting)
{
    connect(&m_crew, &Crew::said, this, &Fleet::hear);
    connect(&m_crew, &Crew::gone, this, &Fleet::bury);
    connect(&m_crew, &Crew::cleared, this, [this] {
        Q_EMIT workersChanged();
        startWaitingRoll();
        stopIfEmpty();
    });
    connect(&m_watch, &QTimer::timeout, this, &Fleet::look);
    m_watch.start(lookInterval);
    m_unreadyTimer.setSingleShot(true);
    m_unreadyTimer.setTimerType(Qt::PreciseTimer); // never early: a balancer may need all of the delay to notice
    connect(&m_unreadyTimer, &QTimer::timeout, this, &Fleet::leaveAll);
    setPosts(m_options.posts);
}

Fleet::~Fleet() = default;

void Fleet::setPosts(Posts posts)
{
    Q_ASSERT(posts.count() > 0 && posts.count() <= HostMemory::slots / 2);
    m_options.posts = posts;
    for (int index = static_cast<int>(m_posts.size()); index < posts.count(); ++index) {
        Post &post = m_posts[index];
        post.backoff = Backoff(m_options.backoff);
        post.restart = std::make_unique<QTimer>();
        post.restart->setSingleShot(true);
        connect(post.restart.get(), &QTimer::timeout, this, [this, index] { fill(index); });
    }
}

quint64 Fleet::roll(const QJsonObject &brief)
{
    m_next = Roll(++m_lastGeneration, brief, m_options.posts);
    startSoon();
    return m_lastGeneration;
}

void Fleet::offer(int descriptor) { m_desk.offer(FileDescriptor(descriptor)); }

void Fleet::restartWorker(int slot)
{
    Worker *worker = m_crew.at(slot);
    if (m_phase != Phase::Running || !worker || worker->generation != generation()
        || worker->phase != WorkerPhase::Ready || worker->isToBeReplaced)
        return;
    worker->isToBeReplaced = true;
    fill(worker->index); // no failure: without a pause
}

void Fleet::stop(std::chrono::milliseconds delay, std::chrono::milliseconds deadline)
{
    if (m_phase != Phase::Running)
        return;
    m_phase = Phase::Unready;
    m_stopDeadline = deadline;
    for (const Worker *worker : m_crew.all())
        worker->process->send(message::unready);
    m_unreadyTimer.start(delay);
}

void Fleet::hurry()
{
    if (m_phase == Phase::Running)
        return;
    if (m_phase == Phase::Unready) {
        m_unreadyTimer.stop();
        leaveAll();
    }
    for (Worker *worker : m_crew.all())
        dismiss(worker);
}

QList<WorkerState> Fleet::workers() const
{
    QList<WorkerState> states;
    for (const Worker *worker : m_crew.all()) {
        const WorkerSlot &slot = m_memory.slot(worker->slot);
        states.append({worker->slot, worker->process->pid(), worker->generation, worker->index, worker->role,
                       worker->phase, worker->since, worker->started, slot.connections.load(std::memory_order_relaxed),
                       slot.requests.load(std::memory_order_relaxed)});
    }
    return states;
}

/// Null if it could not be started.
Worker *Fleet::launch(const Roll &roll, int index)
{
    const quint64 generation = roll.generation();
    const Role role = index < roll.posts().web ? Role::Web : Role::Tasks;
    const auto started = m_crew.start(generation, index, role, roll.brief());
    if (!started) {
        qCCritical(log).noquote() << "worker not started generation=" << generation << " index=" << index << " error=\""
                                  << started.error().message() << '"';
        return nullptr;
    }
    Worker *worker = *started;
    worker->lateAt = monotonicMilliseconds() + m_options.readyTimeout.count();
    m_memory.slot(worker->slot).generation = static_cast<quint32>(generation);
    if (m_phase != Phase::Running)
        worker->process->send(message::unready);
    Q_EMIT joining(worker->slot);
    Q_EMIT workersChanged();
    return worker;
}

void Fleet::enter(Worker *worker, WorkerPhase phase)
{
    worker->enter(phase);
    Q_EMIT workersChanged();
}

void Fleet::hear(Worker *worker, char type, const QByteArray &payload, int descriptor)
{
    FileDescriptor owned(descriptor);
    const auto object = [&payload] { return QJsonDocument::fromJson(payload).object(); };
    switch (type) {
    case message::connection:
        return m_desk.offer(std::move(owned), payload);
    case message::ready:
        return becomeReady(worker, object());
    case message::refused:
        return noteRefusal(worker, object());
    case message::wake:
        return wakeOthers(worker);
    case message::replace:
        qCInfo(log).noquote().nospace() << "worker asks to be replaced pid=" << worker->process->pid() << " why=\""
                                        << object()["why"_L1].toString() << '"';
        return restartWorker(worker->slot);
    case message::replaceOther:
        return replaceOther(object());
    case message::again:
        Q_EMIT againAsked(object()["why"_L1].toString());
        return;
    case message::end:
        Q_EMIT endAsked(object()["why"_L1].toString());
        return;
    default:
        qCWarning(log).noquote().nospace()
            << "message not understood pid=" << worker->process->pid() << " type=" << type;
    }
}

void Fleet::replaceOther(const QJsonObject &whom)
{
    const auto workers = m_crew.all();
    const auto found = std::find_if(workers.begin(), workers.end(), [&whom](const Worker *worker) {
        return worker->process->pid() == whom["pid"_L1].toInteger();
    });
    if (found == workers.end())
        return;
    qCInfo(log).noquote().nospace() << "worker is to be replaced pid=" << (*found)->process->pid() << " why=\""
                                    << whom["why"_L1].toString() << '"';
    restartWorker((*found)->slot);
}

/// Those that may have background work to do: the task workers, or the first of the others.
void Fleet::wakeOthers(const Worker *teller)
{
    for (const Worker *worker : m_crew.all()) {
        if (worker != teller && worker->phase == WorkerPhase::Ready
            && (worker->role == Role::Tasks || worker->index == 0))
            worker->process->send(message::wake);
    }
}

void Fleet::becomeReady(Worker *worker, const QJsonObject &report)
{
    if (worker->phase != WorkerPhase::Starting)
        return;
    worker->lateAt = 0;
    enter(worker, WorkerPhase::Ready);
    if (m_roll && worker->generation == m_roll->generation())
        return advance(m_roll->ready(worker->index, report), worker->index);
    if (worker->generation != generation())
        return drain(worker, false, m_options.drainTimeout);

    if (worker->role == m_live->posts().receiving())
        m_desk.open(worker->slot);
    for (Worker *other : m_crew.all()) {
        if (other != worker && other->generation == worker->generation && other->index == worker->index
            && other->phase == WorkerPhase::Ready)
            drain(other, true, m_options.drainTimeout);
    }
}

/// It ends by itself; what becomes of its post is decided then, or at once for a roll.
void Fleet::noteRefusal(Worker *worker, const QJsonObject &report)
{
    if (worker->phase != WorkerPhase::Starting)
        return;
    worker->refusal = report;
    worker->lateAt = 0;
    worker->killAt = monotonicMilliseconds() + m_options.killGrace.count();
    if (m_roll && worker->generation == m_roll->generation())
        refuse(report, {});
}

} // namespace quoin::supervisor
