// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/url.h"

#include <quoin/abi.h>
#include <quoin/future.h>

#include <atomic>
#include <chrono>
#include <memory>

namespace quoin::redis {

/// Counters that live in Redis: the counter's name is the key, each increment one INCR, so that other programs may
/// count on the same key. Increments that come while others are under way share their round trips. An Error,
/// Unavailable if Redis is away or hangs, comes in less than a second; then the number was not handed out, though Redis
/// may have counted it. Heals within 2 s of Redis' return, also if it comes back empty (and then counts from 1).
///
/// Made and destroyed in a thread with an event loop, which is where its connection lives; used from any thread while
/// it lives.
class Counters final : public abi::Counters
{
public:
    /// outages: counted up whenever Redis is lost; lent, may be null.
    explicit Counters(Url url, std::chrono::milliseconds timeout = std::chrono::milliseconds(700),
                      std::atomic<quint64> *outages = nullptr);
    /// Fails what still waits.
    ~Counters();
    Q_DISABLE_COPY_MOVE(Counters)

    /// The receiver is called in the connection's thread.
    void increment(const QString &counter, abi::CountReceiver *owned) override;

    /// Whether Redis answers now; else Unavailable with the reason, such as a wrong password. Before the first attempt
    /// to connect has ended, it waits for that.
    Future<> check();

private:
    class Desk;
    const std::unique_ptr<Desk> m_desk;
};

} // namespace quoin::redis
