// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/detail/pooljob.h>
#include <quoin/future.h>

/// Runs a function that does not throw on the global pool. Not QtConcurrent::run(): ThreadSanitizer sees neither how Qt
/// queues it nor how it counts the owners of its result.
template <class F>
auto later(F function)
{
    using T = typename quoin::detail::Unwrapped<std::invoke_result_t<F &>>::type;
    quoin::Promise<T> promise;
    auto future = promise.future();
    quoin::detail::startOn(
        *QThreadPool::globalInstance(),
        [promise = std::move(promise), function = std::move(function)]() mutable { promise.finish(function()); });
    return future;
}
