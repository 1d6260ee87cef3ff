// SPDX-License-Identifier: GPL-3.0-only
#include "admin/linestream.h"

#include <QJsonDocument>

namespace quoin::server {

void LineStream::add(const QJsonObject &object)
{
    std::unique_lock lock(m_mutex);
    m_waiting += QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
    give(lock);
}

void LineStream::end()
{
    std::unique_lock lock(m_mutex);
    m_hasEnded = true;
    give(lock);
}

/// Whoever waits is told outside of the lock, since it may ask for more at once.
void LineStream::give(std::unique_lock<std::mutex> &lock)
{
    if (!m_promise)
        return;
    Promise<QByteArray> promise = *std::move(m_promise);
    m_promise.reset();
    QByteArray bytes;
    bytes.swap(m_waiting);
    lock.unlock();
    promise.finish(bytes);
}

Future<QByteArray> LineStream::next()
{
    const std::lock_guard lock(m_mutex);
    if (!m_waiting.isEmpty() || m_hasEnded) {
        QByteArray bytes;
        bytes.swap(m_waiting);
        return Result<QByteArray>(bytes);
    }
    m_promise.emplace();
    return m_promise->future();
}

} // namespace quoin::server
