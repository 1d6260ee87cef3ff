// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/detail/pooljob.h>

#include <QFuture>
#include <QPromise>

/// QtConcurrent::run() with a hand-over that ThreadSanitizer sees when the pool is so busy that functions wait.
template <class F>
QFuture<std::invoke_result_t<F &>> later(F function)
{
    QPromise<std::invoke_result_t<F &>> promise;
    const auto future = promise.future();
    quoin::detail::startOn(*QThreadPool::globalInstance(),
                           [promise = std::move(promise), function = std::move(function)]() mutable {
                               promise.start();
                               promise.addResult(function());
                               promise.finish();
                           });
    return future;
}
