// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/relay.h"

#include "queue/celery/envelope.h"
#include "queue/celery/messagetrace.h"
#include "queue/celery/queuekey.h"
#include "queue/celery/relaywork.h"
#include "queue/exchange.h"
#include "queue/owner.h"
#include "queue/queuelog.h"

#include <QCoreApplication>
#include <QSysInfo>

#include <algorithm>

namespace quoin::celery {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

Relay::Relay(abi::Database *database, redis::Url broker, RelayOptions options, QObject *parent)
    : QObject(parent)
    , m_work(std::make_unique<Work>(*this, database, std::move(broker), std::move(options)))
{
}

Relay::~Relay() = default;

void Relay::start() { m_work->start(); }
void Relay::stop() { m_work->stop(); }
std::function<void()> Relay::waker() const { return m_work->waker(); }
bool Relay::isActive() const { return m_work->isActive(); }
RelayCounters Relay::counters() const { return m_work->counters(); }

Relay::Work::Work(Relay &relay, abi::Database *database, redis::Url broker, RelayOptions options)
    : m_relay(relay)
    , m_database(database)
    , m_options(std::move(options))
    , m_owner(queue::uniqueOwner())
    , m_note(queue::processName())
    , m_mailbox(std::make_shared<queue::Mailbox>(&relay))
    , m_commands(broker, redis::ConnectionOptions{.purpose = u"relay"_s})
    , m_subscription(broker, redis::ConnectionOptions{.purpose = u"relay-calls"_s, .isQuiet = true})
{
    if (m_options.results)
        m_results = std::make_unique<redis::Connection>(
            *m_options.results, redis::ConnectionOptions{.purpose = u"relay-results"_s, .isQuiet = true});
    for (QTimer *once : {&m_due, &m_pause, &m_deadline})
        once->setSingleShot(true);
    m_due.setTimerType(Qt::PreciseTimer);
    m_renewal.callOnTimeout(&relay, [this] {
        m_mustRenew = true;
        m_isActive ? advance() : lookForLease();
    });
    m_poll.callOnTimeout(&relay, [this] { look(); });
    m_due.callOnTimeout(&relay, [this] { told(); });
    m_pause.callOnTimeout(&relay, [this] { advance(); });
    m_deadline.callOnTimeout(&relay, [this] { finishStop(); });
    m_reconciliation.callOnTimeout(&relay, [this] { reconcile(); });
    m_census.callOnTimeout(&relay, [this] { takeCensus(); });
    m_subscription.subscribe(relayChannel);
    connect(&m_subscription, &redis::Connection::message, &relay,
            [this](const QByteArray &, const QByteArray &word) { heard(word); });
    connect(&m_commands, &redis::Connection::opened, &relay, [this] { learnEpoch(); });
    connect(&m_commands, &redis::Connection::lost, &relay, [this] { m_epoch.clear(); });
}

Relay::Work::~Work()
{
    m_mailbox->close();
    m_phase = Phase::Stopped;
    // What waits is answered now, while all that the answers touch is still there.
    m_commands.close();
    if (m_results)
        m_results->close();
}

void Relay::Work::start()
{
    if (m_phase != Phase::Idle)
        return;
    m_phase = Phase::Working;
    for (redis::Connection *connection : {&m_commands, &m_subscription, m_results.get()}) {
        if (connection)
            connection->open();
    }
    m_renewal.start(m_options.renewal);
    m_poll.start(m_options.poll);
    m_census.start(m_options.census);
    if (m_results)
        m_reconciliation.start(m_options.reconciliation);
}

std::function<void()> Relay::Work::waker()
{
    const auto pending = std::make_shared<std::atomic<bool>>(
        false); // shared by the copies of the function: one event for many calls
    return [mailbox = m_mailbox, pending, this] {
        if (pending->exchange(true))
            return;
        mailbox->post([pending, this] {
            *pending = false; // before looking: a push after this posts again
            told();
        });
    };
}

/// The one place that decides what to do next. While Redis is away the lease is let go: others may reach it.
void Relay::Work::advance()
{
    if (m_phase != Phase::Working || m_isBusy || m_pause.isActive())
        return;
    const bool isOwed = !m_pushed.isEmpty() || !m_refused.isEmpty();
    const bool mayTry = m_mayTry && m_yielding.hasExpired();
    const bool isUseful = m_commands.isOpen() && !m_epoch.isEmpty() && (m_isActive ? m_mayPush || m_mustRenew : mayTry);
    if (isOwed || isUseful)
        round(false);
}

void Relay::Work::round(bool release)
{
    m_isBusy = true;
    RoundOrder order;
    order.owner = m_owner;
    order.note = m_note;
    order.lease = m_options.lease;
    order.clock = m_options.clock;
    order.pushed = std::exchange(m_pushed, {});
    order.refused = std::exchange(m_refused, {});
    order.release = release;
    order.epoch = m_commands.isOpen() ? m_epoch : QString();
    if (!release && !order.epoch.isEmpty() && !m_options.names.isEmpty()) {
        order.names = m_options.names;
        order.most = m_options.batch;
        order.bytes = m_options.batchBytes;
    }
    m_mayPush = m_mayTry = m_mustRenew = false; // what is said from here on means another round
    write<RoundAnswer>([order](Connection &connection) { return relayRound(connection, order); },
                       [this, order](const Result<RoundAnswer> &answer) { received(order, answer); });
}

void Relay::Work::received(const RoundOrder &order, const Result<RoundAnswer> &answer)
{
    m_isBusy = false;
    if (!answer) {
        m_pushed = order.pushed + m_pushed;
        m_refused = order.refused + m_refused;
        m_mayPush = m_mayTry = true;
        if (m_away.isNull())
            qCWarning(quoinQueue).noquote()
                << "relay waits, the database does not answer:" << (m_away = answer.error().message());
        return m_phase == Phase::Stopping ? finishStop() : pause();
    }
    if (!std::exchange(m_away, QString()).isNull())
        qCInfo(quoinQueue) << "relay goes on, the database answers again";
    if (answer->lost > 0) {
        m_counters.again += answer->lost;
        qCWarning(quoinQueue).noquote().nospace()
            << "Redis has lost what it had: tasks are pushed again count=" << answer->lost;
    }
    m_failures = 0;
    setActive(answer->isActive);
    if (order.release)
        say("free");
    if (m_phase == Phase::Stopping)
        return order.release ? finishStop() : round(true);
    armDue(answer->now, answer->nextDue);
    m_mayPush = m_mayPush || answer->isMore;
    if (!answer->rows.isEmpty())
        return push(answer->rows);
    advance();
}

void Relay::Work::setActive(bool isActive)
{
    if (m_isActive == isActive)
        return;
    m_isActive = isActive;
    m_hunger = 0;
    m_reconciledTo = 0;
    qCInfo(quoinQueue).noquote().nospace() << "relay " << (isActive ? "is active" : "rests") << " owner=" << m_owner;
    Q_EMIT m_relay.activeChanged(isActive);
}

void Relay::Work::push(const QList<RelayRow> &rows)
{
    QList<QByteArrayList> commands;
    QList<qint64> ids;
    for (const RelayRow &row : rows) {
        QByteArray key;
        const auto made = envelopeOf(row, &key);
        if (!made) {
            qCWarning(quoinQueue).noquote().nospace() << "task can be no message kind=" << row.name << " id=" << row.id
                                                      << " error=\"" << made.error().message() << '"';
            m_refused += {row.id, made.error().message()};
            continue;
        }
        if (commands.isEmpty() || commands.last()[1] != key)
            commands += QByteArrayList{"LPUSH", key};
        commands.last() += *made;
        ids += row.id;
    }
    if (commands.isEmpty())
        return advance();
    m_isBusy = true;
    m_commands.transaction(commands, [this, ids](const Result<redis::Reply> &reply) { pushed(ids, reply); });
}

/// Not known to have been pushed is pushed again, under the same id.
void Relay::Work::pushed(const QList<qint64> &ids, const Result<redis::Reply> &reply)
{
    m_isBusy = false;
    const bool isDone = reply && std::ranges::none_of(reply->list, &redis::Reply::isFault);
    if (isDone) {
        m_pushed = ids;
        m_counters.pushed += ids.size();
    } else {
        m_mayPush = true;
        if (reply || reply.error().kind() != ErrorKind::Unavailable)
            qCWarning(quoinQueue) << "Redis does not take tasks, trying again";
    }
    if (m_phase == Phase::Stopping)
        return round(true);
    isDone ? advance() : pause();
}

QString Relay::Work::publishedName(const QString &name) const
{
    const QString published = m_options.publishedName ? m_options.publishedName(name) : QString();
    return published.isNull() ? name : published;
}

bool Relay::Work::isShared(const QString &name) const { return publishedName(name) != name; }

Result<QByteArray> Relay::Work::envelopeOf(const RelayRow &row, QByteArray *key) const
{
    Outgoing message;
    message.id = row.message;
    message.task = publishedName(row.name);
    message.args = row.arguments;
    message.readByPython = isShared(row.name);
    message.queue = message.readByPython ? m_options.sharedQueue : m_options.ownQueue;
    message.priority = wirePriority(row.priority);
    message.origin = u"gen%1@%2"_s.arg(QCoreApplication::applicationPid()).arg(QSysInfo::machineHostName());
    message.ignoreResult = !message.readByPython || !m_options.results; // nobody else knows the id
    if (const auto trace = trace::fromText(row.trace))
        message.headers = withTrace("{}", *trace);
    auto made = publication(message);
    if (!made)
        return made.error();
    *key = made->key;
    return made->envelope;
}

} // namespace quoin::celery
