// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QFutureWatcher>
#include <QtConcurrentRun>

namespace admin {

/// Runs `work()` on a thread of the pool and hands its result to `done` in the thread of `context`; if that is gone
/// before, nobody is told. `work` must own what it looks at.
template <typename Work, typename Done>
void inBackground(QObject *context, Work work, Done done)
{
    using Value = std::invoke_result_t<Work>;
    auto *watcher = new QFutureWatcher<Value>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, done = std::move(done)]() mutable {
        watcher->deleteLater();
        done(watcher->future().takeResult());
    });
    watcher->setFuture(QtConcurrent::run(std::move(work)));
}

} // namespace admin
