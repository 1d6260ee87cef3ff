// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/celerywork.h"

#include "queue/celery/queuekey.h"
#include "queue/owner.h"
#include "queue/queuelog.h"

#include <QRandomGenerator>
#include <QSysInfo>

#include <algorithm>

namespace quoin::celery {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qint64 mostBytes = 64 * 1024 * 1024;       // held at once, and the one message that goes beyond
constexpr qint64 mostBytesAtOnce = 16 * 1024 * 1024; // so that Redis is not kept from others for long

CeleryOptions completed(CeleryOptions options)
{
    if (!options.random)
        options.random = [] { return QRandomGenerator::global()->generateDouble(); };
    if (options.node.isEmpty())
        options.node = u"quoin@"_s + QSysInfo::machineHostName();
    return options;
}

bool isSame(const redis::Url &a, const redis::Url &b)
{
    return a.host == b.host && a.port == b.port && a.socket == b.socket && a.database == b.database;
}

std::unique_ptr<redis::Connection> resultsConnection(const CeleryOptions &options)
{
    if (!options.results || isSame(*options.results, options.broker))
        return nullptr;
    return std::make_unique<redis::Connection>(*options.results, redis::ConnectionOptions{.purpose = u"results"_s});
}

std::function<void()> posting(const std::shared_ptr<queue::Mailbox> &mailbox, std::function<void()> call)
{
    return [mailbox, call = std::move(call)] { mailbox->post(call); };
}

} // namespace

CeleryQueue::Work::Work(CeleryQueue &queue_, abi::Database *database, queue::TaskCatalogue catalogue_,
                        CeleryOptions options_)
    : queue(queue_)
    , catalogue(std::move(catalogue_))
    , options(completed(std::move(options_)))
    , owner(queue::uniqueOwner())
    , m_database(database)
    , m_worker(queue::processName())
    , m_mailbox(std::make_shared<queue::Mailbox>(&queue))
    , m_commands(options.broker, redis::ConnectionOptions{.purpose = u"queue"_s})
    , m_resultsConnection(resultsConnection(options))
    , m_broker(m_commands, owner.toUtf8())
    , m_results(m_resultsConnection ? *m_resultsConnection : m_commands, options.resultsExpire)
    , m_caretaker(m_broker, hands, {options.renewal, options.aliveFor, options.visibilityTimeout, options.sweep})
    , m_waiter(options.broker)
    , m_events(queue, m_clock, m_commands, options.broker.database, {.tasks = options.taskEvents})
    , m_desk(queue, m_events, m_clock, m_commands, options.broker)
    , m_attempts(options.concurrency > 0 ? options.meters : nullptr, catalogue)
    , m_runs(std::max(options.concurrency, 1), posting(m_mailbox, [this] { takeFinished(); }),
             posting(m_mailbox, [this] { takeBegun(); }))
{
    for (QTimer *once : {&m_databasePause, &m_finishPause, &m_deadline, &m_modesty})
        once->setSingleShot(true);
    for (QTimer *timer : {&m_databasePause, &m_finishPause})
        timer->callOnTimeout(&queue, [this] { advance(); });
    m_tick.callOnTimeout(&queue, [this] { tick(); });
    for (QTimer *timer : {&m_poll, &m_modesty})
        timer->callOnTimeout(&queue, [this] { claimSoon(); });
    connect(&m_waiter, &Waiter::arrived, &queue, [this] { wake(); });
    connect(&m_caretaker, &Caretaker::madeReady, &queue, [this] { wake(); });
    connect(&m_commands, &redis::Connection::opened, &queue, [this] { opened(); });
    connect(&m_commands, &redis::Connection::lost, &queue, [this] { lost(); });
}

CeleryQueue::Work::~Work()
{
    m_mailbox->close();
    m_phase = Phase::Drained;
    m_waiter.stop();
    // What waits is answered now, while all that the answers touch is still there.
    m_commands.close();
    if (m_resultsConnection)
        m_resultsConnection->close();
}

void CeleryQueue::Work::start()
{
    if (m_phase != Phase::Idle || options.concurrency <= 0)
        return;
    m_phase = Phase::Working;
    qCInfo(quoinQueue).noquote().nospace()
        << "celery node starts name=" << options.node << " broker=" << options.broker.toDisplayString()
        << " queues=" << options.queues.join(',') << " concurrency=" << options.concurrency;
    m_commands.open();
    if (m_resultsConnection)
        m_resultsConnection->open();
    m_tick.start(200ms);
    m_poll.start(options.poll);
    m_waiter.watch(queueKeys(options.queues));
    m_events.start();
    m_desk.start();
}

std::function<void()> CeleryQueue::Work::waker()
{
    const auto pending = std::make_shared<std::atomic<bool>>(
        false); // shared by the copies of the function: one event for many calls
    return [mailbox = m_mailbox, pending, this] {
        if (pending->exchange(true))
            return;
        mailbox->post([pending, this] {
            *pending = false; // before looking: a push after this posts again
            claimSoon();
        });
    };
}

void CeleryQueue::Work::claimSoon()
{
    m_mayClaim = true;
    advance();
}

/// There is something in a queue. Who has lately met what it does not know lets the others go first.
void CeleryQueue::Work::wake()
{
    if (m_modestUntil.hasExpired())
        claimSoon();
    else
        m_modesty.start(50ms);
}

/// The one place that decides what to do next: called after everything that happened.
void CeleryQueue::Work::advance()
{
    if (m_phase == Phase::Idle || m_phase == Phase::Drained)
        return;
    settleWaiting();
    finishWaiting();
    begin();
    claim();
    if (m_phase == Phase::Draining && hands.count() == 0 && !m_claiming)
        leave();
}

/// How much more to claim: what the threads can use soon. Of short tasks, which are claimed ahead, also what keeps
/// Redis and the database busy in between: one batch on its way from the one, one in the other.
int CeleryQueue::Work::room() const
{
    const qsizetype room = m_runs.room();
    const qsizetype ahead = std::max<qsizetype>(room + m_runs.heldCount() - m_runs.concurrency(), 0);
    const qsizetype useful = room + 2 * ahead - m_toBegin.size() - m_beginning;
    const qsizetype most = std::max(8 * m_runs.concurrency(), 1024) - hands.count(); // not faster than it is settled
    return static_cast<int>(std::clamp<qsizetype>(useful, 0, std::max<qsizetype>(most, 0)));
}

void CeleryQueue::Work::claim()
{
    const bool isAble = m_phase == Phase::Working && m_commands.isOpen() && m_databaseFailures == 0;
    const qint64 bytes = std::min(mostBytes - hands.bytes(), mostBytesAtOnce);
    const int wanted = room();
    if (!isAble || m_claiming || !m_mayClaim || wanted <= 0 || bytes <= 0 || options.queues.isEmpty())
        return;
    m_claiming = true;
    m_mayClaim = false; // a wake-up from here on means another claim
    // In turn, also from claim to claim: a full queue must not keep another waiting.
    QByteArrayList queues = options.queues;
    std::rotate(queues.begin(), queues.begin() + m_turn++ % queues.size(), queues.end());
    m_broker.claim(queues, wanted, bytes, [this, wanted, bytes](const Result<Claim> &claim) {
        m_claiming = false;
        if (claim)
            claimed(*claim, wanted, bytes);
        else
            m_mayClaim = true;
        advance();
    });
}

void CeleryQueue::Work::claimed(const Claim &claim, int wanted, qint64 bytes)
{
    const qint64 before = hands.bytes();
    m_ahead = claim.now - queue::systemMicroseconds();
    for (const auto &[queueName, reason] : claim.dead)
        qCWarning(quoinQueue).noquote().nospace()
            << "message is none, moved to quoin:dead queue=" << queueName << " reason=\"" << reason << '"';
    for (const ClaimedMessage &message : claim.messages)
        take(message);
    if (claim.messages.size() < wanted && claim.dead.isEmpty() && hands.bytes() - before < bytes)
        m_waiter.arm(); // all lists were empty
    else
        m_mayClaim = true;
}

void CeleryQueue::Work::take(const ClaimedMessage &message)
{
    auto parsed = parseMessage(message.raw);
    if (parsed && adopt(message, *parsed))
        return;
    const auto held = std::make_shared<Held>();
    held->claimed = message;
    if (!parsed) {
        Ending ending{.kind = Ending::Kind::Failed, .reason = parsed.error().message(), .isDeadLetter = true};
        qCWarning(quoinQueue).noquote().nospace()
            << "message is none, moved to quoin:dead queue=" << message.queue << " reason=\"" << ending.reason << '"';
        hands.add(held);
        return close(held, ending);
    }
    held->message = *std::move(parsed);
    const auto isRevoked = [this](const QString &id) { return revocations.contains(id); };
    takeIn(*held, {redisNow(), &catalogue, isRevoked, options.own, options.patience});
    hands.add(held);
    const bool isForOthers = held->foregone && held->foregone->kind == Ending::Kind::PutOff && held->name.isNull();
    if (held->message.standing == Standing::Sound && !isForOthers)
        m_events.taskReceived(held->message);
    if (!held->foregone || held->foregone->kind != Ending::Kind::PutOff) {
        m_toBegin += held;
        return;
    }
    if (isForOthers)
        noteUnknown(*held);
    close(held, *held->foregone);
}

void CeleryQueue::Work::noteUnknown(const Held &held)
{
    m_modestUntil.setRemainingTime(options.patience * 2);
    constexpr qsizetype mostNames = 100; // what other programs send may have no end
    if (m_toldUnknown.contains(held.message.task) || m_toldUnknown.size() >= mostNames)
        return;
    m_toldUnknown.insert(held.message.task);
    qCWarning(quoinQueue).noquote().nospace()
        << "tasks wait that no live plugin here knows kind=" << held.message.task << " queue=" << held.claimed.queue
        << " remedy=\"see above whether the plugin that has them was refused, or put it into plugins.dir: they run "
           "once "
           "it is live, here or elsewhere\"";
}

/// A message that was taken from us and is here again, while its task is still at work: it goes on with it.
bool CeleryQueue::Work::adopt(const ClaimedMessage &message, const Message &parsed)
{
    const HeldPointer held = hands.findLost(parsed.id);
    if (!held || held->isClosing)
        return false;
    hands.adopt(held, message);
    return true;
}

qint64 CeleryQueue::Work::redisNow() const { return queue::systemMicroseconds() + m_ahead; }

CanvasGround CeleryQueue::Work::ground(const Held &held) const
{
    // What only we know must not meet a Python worker, who would destroy it.
    const auto queueFor = [this](const QString &task) {
        return catalogue.canonical(task) == task ? options.own : options.shared;
    };
    return {redisNow(), options.node, queueFor, held.trace};
}

} // namespace quoin::celery
