// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/celeryqueue.h"
#include "queue/celery/relay.h"

/// What a process has in Celery's mode, as one queue: the relay that hands tasks to the broker, and the node that takes
/// them from it. Both start, wake and stop together, so that the contract's tests see rows where they expect them.
class CeleryProcess final : public quoin::queue::Queue
{
    Q_OBJECT

public:
    CeleryProcess(quoin::abi::Database *database, const quoin::queue::TaskCatalogue &catalogue,
                  const quoin::celery::CeleryOptions &options, const quoin::celery::RelayOptions &relaying);

    void start() override;
    std::function<void()> waker() const override;
    void drain(std::chrono::milliseconds deadline) override;
    void setConcurrency(int threads) override { m_node.setConcurrency(threads); }
    int concurrency() const override { return m_node.concurrency(); }
    const QString &owner() const override { return m_node.owner(); }
    quoin::queue::QueueCounters counters() const override { return m_node.counters(); }

private:
    quoin::celery::Relay m_relay;
    quoin::celery::CeleryQueue m_node;
};
