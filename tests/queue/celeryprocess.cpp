// SPDX-License-Identifier: GPL-3.0-only
#include "celeryprocess.h"

using namespace quoin;

CeleryProcess::CeleryProcess(abi::Database *database, const queue::TaskCatalogue &catalogue,
                             const celery::CeleryOptions &options, const celery::RelayOptions &relaying)
    : m_relay(database, options.broker, relaying)
    , m_node(database, catalogue, options)
{
    connect(&m_node, &Queue::taskSettled, this, &Queue::taskSettled);
    connect(&m_node, &Queue::drained, this, &Queue::drained);
}

void CeleryProcess::start()
{
    m_relay.start();
    m_node.start();
}

std::function<void()> CeleryProcess::waker() const
{
    return [relay = m_relay.waker(), node = m_node.waker()] {
        relay();
        node();
    };
}

void CeleryProcess::drain(std::chrono::milliseconds deadline)
{
    m_relay.stop();
    m_node.drain(deadline);
}
