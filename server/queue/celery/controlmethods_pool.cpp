// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/controlmethods.h"

#include "queue/celery/controlviews.h"
#include "queue/celery/controlwords.h"
#include "queue/celery/node.h"
#include "queue/queuelog.h"

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

constexpr qint64 largestPoolChange = 1000;

/// Null if a queue of the default exchange is meant, which has the queue's name as its routing key.
QString exchangeObjection(const ControlCommand &command, const QString &queue)
{
    const QString exchange = command.text(u"exchange");
    const QString key = command.text(u"routing_key");
    const QString type = command.text(u"exchange_type");
    if ((!exchange.isEmpty() && exchange != queue) || (!key.isEmpty() && key != queue))
        return u"this worker consumes queues by their own names only, not through other exchanges or routing keys"_s;
    if (!type.isEmpty() && type != "direct"_L1)
        return u"this worker consumes from direct exchanges only, not from one of type %1"_s.arg(type);
    return {};
}

} // namespace

ControlMethods::Value ControlMethods::activeQueues(const ControlCommand &) { return queuesValue(m_node.queues()); }

ControlMethods::Value ControlMethods::addConsumer(const ControlCommand &command)
{
    const QString queue = command.text(u"queue");
    const QString objection = exchangeObjection(command, queue);
    if (!objection.isNull())
        return errorValue(objection);
    const Result<> done = m_node.addQueue(queue.toUtf8());
    if (!done)
        return errorValue(done.error().message());
    qCInfo(quoinQueue, "queue added by remote control name=\"%ls\"", qUtf16Printable(queue));
    return okValue(u"add consumer "_s + queue);
}

ControlMethods::Value ControlMethods::cancelConsumer(const ControlCommand &command)
{
    const QString queue = command.text(u"queue");
    const Result<> done = m_node.cancelQueue(queue.toUtf8());
    if (!done)
        return errorValue(done.error().message());
    qCInfo(quoinQueue, "queue cancelled by remote control name=\"%ls\"", qUtf16Printable(queue));
    return okValue(u"no longer consuming from "_s + queue);
}

ControlMethods::Value ControlMethods::poolGrow(const ControlCommand &command) { return changePool(command, 1); }

ControlMethods::Value ControlMethods::poolShrink(const ControlCommand &command) { return changePool(command, -1); }

ControlMethods::Value ControlMethods::changePool(const ControlCommand &command, int sign)
{
    const auto count = command.argument(u"n").isNull() ? std::optional<qint64>(1) : command.integer(u"n");
    if (!count || *count < 0 || *count > largestPoolChange)
        return errorValue(u"n is a number of threads from 0 to %1"_s.arg(largestPoolChange));
    const Result<> done = m_node.grow(sign * static_cast<int>(*count));
    if (!done)
        return errorValue(done.error().message());
    qCInfo(quoinQueue, "task threads changed by remote control concurrency=%d", m_node.figures().concurrency);
    return okValue(sign > 0 ? u"pool will grow"_s : u"pool will shrink"_s);
}

ControlMethods::Value ControlMethods::poolRestart(const ControlCommand &)
{
    return errorValue(u"ValueError('Pool restarts not enabled')"_s);
}

ControlMethods::Value ControlMethods::autoscale(const ControlCommand &)
{
    return errorValue(u"ValueError('Autoscale not enabled')"_s);
}

} // namespace quoin::celery
