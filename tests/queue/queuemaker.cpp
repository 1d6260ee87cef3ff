// SPDX-License-Identifier: GPL-3.0-only
#include "queuemaker.h"

#include "testground.h"

using namespace quoin;

MadeQueue makeQueue(const QString &url, abi::Database *database, const queue::TaskCatalogue &catalogue,
                    const queue::QueueOptions &options)
{
    if (const QString broker = TestGround::brokerUrl(url); !broker.isEmpty())
        qFatal("no queue is known that is at home at %s", qPrintable(broker));
    MadeQueue made;
    made.queue = std::make_unique<queue::DatabaseQueue>(database, catalogue, options);
    made.pushed = made.queue->waker();
    return made;
}
