// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/queuekey.h"

#include <algorithm>
#include <array>

namespace quoin::celery {

namespace {

/// Between a queue and its step, and between the parts of a binding (kombu's `sep`).
const QByteArrayView separator("\x06\x16", 2);

/// kombu's `priority_steps`.
constexpr std::array steps{0, 3, 6, 9};

QByteArray keyOfStep(QByteArrayView queue, int step)
{
    QByteArray key = queue.toByteArray();
    if (step != 0)
        key.append(separator).append(static_cast<char>('0' + step));
    return key;
}

} // namespace

QByteArray queueKey(QByteArrayView queue, int priority) { return keyOfStep(queue, std::clamp(priority, 0, 9) / 3 * 3); }

QByteArrayList queueKeys(QByteArrayView queue) { return queueKeys(QByteArrayList{queue.toByteArray()}); }

QByteArrayList queueKeys(const QByteArrayList &queues)
{
    QByteArrayList keys;
    for (const int step : steps) {
        for (const QByteArray &queue : queues)
            keys += keyOfStep(queue, step);
    }
    return keys;
}

QByteArray queueOfKey(QByteArrayView key)
{
    const bool isMarked = key.size() > 3 && key.chopped(1).endsWith(separator)
        && (key.back() == '3' || key.back() == '6' || key.back() == '9');
    return (isMarked ? key.chopped(3) : key).toByteArray();
}

int wirePriority(int priority)
{
    if (priority >= 0)
        return 0;
    return priority < -6 ? 9 : priority < -3 ? 6 : 3;
}

int ownPriority(int wirePriority) { return -(std::clamp(wirePriority, 0, 9) / 3 * 3); }

QByteArray bindingKey(QByteArrayView exchange) { return QByteArrayLiteral("_kombu.binding.").append(exchange); }

QByteArray bindingMember(QByteArrayView routingKey, QByteArrayView queue)
{
    return routingKey.toByteArray().append(separator).append(separator).append(queue);
}

} // namespace quoin::celery
