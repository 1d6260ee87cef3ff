// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/controldesk.h"

#include "queue/celery/controlmethods.h"
#include "queue/celery/controlwords.h"
#include "queue/celery/lamport.h"
#include "queue/celery/node.h"
#include "queue/queuelog.h"
#include "redis/connection.h"

#include <QDeadlineTimer>
#include <QPointer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::celery {

namespace {

/// A worker that starts says "hello" with up to 50 000 ids, in base64: about 6 MB. Nothing else is near.
constexpr qsizetype largestCommand = 8 * 1024 * 1024;
constexpr qsizetype mostWaiting = 1000;
constexpr qint64 mostWaitingBytes = 16 * 1024 * 1024;
/// Replies that Redis has not taken yet; then the commands wait.
constexpr int mostInFlight = 64;
constexpr qint64 mostInFlightBytes = 16 * 1024 * 1024;
/// Of one turn of the event loop; a command that was begun is finished.
constexpr auto slice = 2ms;

/// How long a reply waits for a client that has gone meanwhile. Clients wait for a second, or as long as they were
/// told.
constexpr auto replyLife = "60";

const QByteArray bindings = QByteArrayLiteral("_kombu.binding.celery.pidbox");

/// Only a client that still listens gets a reply, and not for ever: Celery's own workers leave lists behind.
const redis::Script &replyScript()
{
    static const redis::Script script("if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0 then return 0 end "
                                      "redis.call('LPUSH', KEYS[2], ARGV[2]) "
                                      "return redis.call('EXPIRE', KEYS[2], ARGV[3])");
    return script;
}

redis::ConnectionOptions subscriptionOptions()
{
    redis::ConnectionOptions options;
    options.purpose = u"control"_s;
    options.isQuiet = true; // What it would tell, the node's other connections tell.
    return options;
}

} // namespace

ControlDesk::ControlDesk(Node &node, EventStream &events, Lamport &clock, redis::Connection &commands,
                         const redis::Url &url, QObject *parent)
    : QObject(parent)
    , m_node(node)
    , m_clock(clock)
    , m_commands(commands)
    , m_subscription(std::make_unique<redis::Connection>(url, subscriptionOptions()))
    , m_methods(std::make_unique<ControlMethods>(node, events, clock, url))
{
    m_turn.setSingleShot(true);
    connect(&m_turn, &QTimer::timeout, this, &ControlDesk::work);
    connect(m_subscription.get(), &redis::Connection::message, this,
            [this](const QByteArray &, const QByteArray &payload) { receive(payload); });
    connect(&m_commands, &redis::Connection::opened, this, &ControlDesk::announce);
    m_subscription->subscribe(controlChannel(url.database));
}

ControlDesk::~ControlDesk() = default;

void ControlDesk::start()
{
    m_started = true;
    m_subscription->open();
    announce();
}

void ControlDesk::announce()
{
    if (!m_started || !m_commands.isOpen())
        return;
    m_commands.send({"SADD", bindings, controlBindingMember(m_node.name())}, [](const Result<redis::Reply> &added) {
        if (!added)
            qCDebug(quoinQueue).noquote() << "mailbox not listed:" << added.error().message();
    });
}

void ControlDesk::stop(std::function<void()> done)
{
    m_started = false;
    m_subscription->close();
    m_waiting.clear();
    m_waitingBytes = 0;
    m_commands.send({"SREM", bindings, controlBindingMember(m_node.name())},
                    [done = std::move(done)](const Result<redis::Reply> &) {
                        if (done)
                            done();
                    });
}

void ControlDesk::receive(const QByteArray &payload)
{
    if (!m_started)
        return;
    if (payload.size() > largestCommand)
        return drop("a command of remote control is larger than 8 MiB");
    if (m_waiting.size() >= mostWaiting || m_waitingBytes + payload.size() > mostWaitingBytes)
        return drop("commands of remote control come faster than they can be done");
    m_waiting.enqueue(payload);
    m_waitingBytes += payload.size();
    if (!m_turn.isActive())
        m_turn.start(0);
}

void ControlDesk::drop(const char *why)
{
    if (!std::exchange(m_flooded, true))
        qCWarning(quoinQueue, "%s: dropped, and what follows until all are done", why);
}

void ControlDesk::work()
{
    const QDeadlineTimer turn(slice);
    while (!m_waiting.isEmpty() && !turn.hasExpired()) {
        if (m_inFlight >= mostInFlight || m_inFlightBytes >= mostInFlightBytes)
            return; // The next reply that is taken goes on.
        const QByteArray payload = m_waiting.dequeue();
        m_waitingBytes -= payload.size();
        handle(payload);
    }
    if (m_waiting.isEmpty())
        m_flooded = false;
    else
        m_turn.start(0);
}

void ControlDesk::handle(const QByteArray &payload)
{
    const Result<ControlCommand> command = parseControlCommand(payload);
    if (!command) {
        qCDebug(quoinQueue).noquote() << "not a command of remote control:" << command.error().message();
        return;
    }
    m_clock.hear(command->clock);
    if (!command->isFor(m_node.name()))
        return;
    qCDebug(quoinQueue).noquote() << "remote control:" << command->method;
    ++m_inFlight;
    m_methods->call(*command, [desk = QPointer(this), command = *command](const ControlMethods::Value &value) {
        if (!desk)
            return;
        if (value && command.wantsReply())
            desk->reply(command, *value);
        else
            desk->ended(0);
    });
}

void ControlDesk::reply(const ControlCommand &command, const QByteArray &value)
{
    const ControlReply reply = controlReply(command, m_node.name(), value, m_clock.next());
    const qint64 bytes = reply.envelope.size();
    m_inFlightBytes += bytes;
    m_commands.run(replyScript(), {reply.bindings, reply.list}, {reply.member, reply.envelope, replyLife},
                   [desk = QPointer(this), bytes](const Result<redis::Reply> &taken) {
                       if (!taken)
                           qCDebug(quoinQueue).noquote() << "remote control not answered:" << taken.error().message();
                       if (desk)
                           desk->ended(bytes);
                   });
}

void ControlDesk::ended(qint64 bytes)
{
    --m_inFlight;
    m_inFlightBytes -= bytes;
    if (!m_waiting.isEmpty() && !m_turn.isActive())
        m_turn.start(0);
}

} // namespace quoin::celery
