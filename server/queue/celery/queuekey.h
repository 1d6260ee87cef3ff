// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArrayList>

namespace quoin::celery {

/// The Redis list that holds a queue's ready messages of one priority: the bare name for step 0, the name, the bytes
/// 06 16 and the step for 3, 6 and 9. The step is the largest that is not above the priority clamped to 0..9; Celery
/// serves 0 first. Pushed at the left, popped at the right. Pure; any thread.
QByteArray queueKey(QByteArrayView queue, int priority);

/// The four lists of a queue, step 0 first.
QByteArrayList queueKeys(QByteArrayView queue);

/// The lists of several queues in the order in which Celery serves them: all queues at step 0, then all at step 3, ...
QByteArrayList queueKeys(const QByteArrayList &queues);

/// The queue whose list this is.
QByteArray queueOfKey(QByteArrayView key);

/// Celery's priority for one of ours, where more is more urgent: 0 and above is 0, down to -3 is 3, down to -6 is 6,
/// below is 9.
int wirePriority(int priority);

/// One of our priorities that wirePriority() maps to the same step.
int ownPriority(int wirePriority);

/// "_kombu.binding.<queue>" and its member "<queue> 06 16 06 16 <queue>", which a consumer adds so that producers that
/// name an exchange find the queue.
QByteArray bindingKey(QByteArrayView exchange);
QByteArray bindingMember(QByteArrayView routingKey, QByteArrayView queue);

} // namespace quoin::celery
