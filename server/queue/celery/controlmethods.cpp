// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/controlmethods.h"

#include "queue/celery/controlwords.h"
#include "queue/celery/lamport.h"

using namespace Qt::StringLiterals;

namespace quoin::celery {

ControlMethods::ControlMethods(Node &node, EventStream &events, Lamport &clock, redis::Url broker)
    : m_node(node)
    , m_events(events)
    , m_clock(clock)
    , m_broker(std::move(broker))
{
    m_uptime.start();
}

void ControlMethods::call(const ControlCommand &command, const Answer &answer)
{
    if (command.method == "scheduled"_L1 || command.method == "dump_schedule"_L1) {
        scheduled(answer);
        return;
    }
    const Method method = table().value(command.method, nullptr);
    answer(method ? (this->*method)(command) : Value(unknownMethodValue(command.method)));
}

const QHash<QString, ControlMethods::Method> &ControlMethods::table()
{
    using C = ControlMethods;
    static const QHash<QString, Method> methods{
        {u"ping"_s, &C::ping},
        {u"hello"_s, &C::hello},
        {u"clock"_s, &C::clock},
        {u"stats"_s, &C::stats},
        {u"conf"_s, &C::conf},
        {u"dump_conf"_s, &C::conf},
        {u"report"_s, &C::report},
        {u"enable_events"_s, &C::enableEvents},
        {u"disable_events"_s, &C::disableEvents},
        {u"heartbeat"_s, &C::heartbeat},
        {u"shutdown"_s, &C::shutdown},
        {u"election"_s, &C::nothing}, // We never stand.
        {u"memsample"_s, &C::nothing},
        {u"memdump"_s, &C::nothing},
        {u"objgraph"_s, &C::nothing},
        {u"active"_s, &C::active},
        {u"dump_active"_s, &C::active},
        {u"reserved"_s, &C::reserved},
        {u"dump_reserved"_s, &C::reserved},
        {u"query_task"_s, &C::queryTask},
        {u"registered"_s, &C::registered},
        {u"dump_tasks"_s, &C::registered},
        {u"registered_tasks"_s, &C::registered}, // Its name before Celery 3.
        {u"revoked"_s, &C::revoked},
        {u"dump_revoked"_s, &C::revoked},
        {u"revoke"_s, &C::revoke},
        {u"terminate"_s, &C::terminate},
        {u"revoke_by_stamped_headers"_s, &C::revokeByStampedHeaders},
        {u"rate_limit"_s, &C::rateLimit},
        {u"time_limit"_s, &C::timeLimit},
        {u"active_queues"_s, &C::activeQueues},
        {u"add_consumer"_s, &C::addConsumer},
        {u"cancel_consumer"_s, &C::cancelConsumer},
        {u"pool_grow"_s, &C::poolGrow},
        {u"pool_shrink"_s, &C::poolShrink},
        {u"pool_restart"_s, &C::poolRestart},
        {u"autoscale"_s, &C::autoscale},
    };
    return methods;
}

} // namespace quoin::celery
