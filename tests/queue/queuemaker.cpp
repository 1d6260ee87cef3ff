// SPDX-License-Identifier: GPL-3.0-only
#include "queuemaker.h"

#include "celeryprocess.h"
#include "testground.h"

#include <algorithm>

using namespace quoin;
using namespace std::chrono_literals;

namespace {

/// The lease is how long a node that says nothing counts as alive.
celery::CeleryOptions nodeOptions(const redis::Url &broker, const queue::QueueOptions &options)
{
    celery::CeleryOptions node;
    node.broker = broker;
    node.concurrency = options.concurrency;
    node.poll = options.poll;
    node.renewal = std::min(options.renewal, node.renewal);
    node.aliveFor = options.lease;
    node.grace = options.grace;
    node.random = options.random;
    node.patience = 100ms;
    return node;
}

celery::RelayOptions relayOptions(const queue::TaskCatalogue &catalogue, const queue::QueueOptions &options)
{
    celery::RelayOptions relay;
    relay.names = catalogue.names();
    relay.poll = options.poll;
    relay.clock = options.clock;
    relay.lease = 600ms;
    relay.renewal = 150ms;
    return relay;
}

} // namespace

MadeQueue makeQueue(const QString &url, abi::Database *database, const queue::TaskCatalogue &catalogue,
                    const queue::QueueOptions &options)
{
    MadeQueue made;
    if (const QString broker = TestGround::brokerUrl(url); broker.isEmpty())
        made.queue = std::make_unique<queue::DatabaseQueue>(database, catalogue, options);
    else
        made.queue = std::make_unique<CeleryProcess>(
            database, catalogue, nodeOptions(*redis::Url::parse(broker), options), relayOptions(catalogue, options));
    made.pushed = made.queue->waker();
    return made;
}
