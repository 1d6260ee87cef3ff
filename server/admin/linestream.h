// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/future.h>

#include <QByteArray>
#include <QJsonObject>

#include <mutex>
#include <optional>

namespace quoin::server {

/// A streamed body of lines that come when they come: one thread adds them, the connection takes them. Any thread.
class LineStream
{
public:
    /// One JSON object on a line of its own.
    void add(const QJsonObject &object);
    /// Nothing follows.
    void end();

    /// What was added since; later, if nothing was. Empty at the end. One at a time.
    Future<QByteArray> next();

private:
    void give(std::unique_lock<std::mutex> &lock);

    std::mutex m_mutex;
    QByteArray m_waiting;
    bool m_hasEnded = false;
    std::optional<Promise<QByteArray>> m_promise; ///< Of a next() that waits.
};

} // namespace quoin::server
