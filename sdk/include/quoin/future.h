// SPDX-License-Identifier: MIT
#pragma once

#include <quoin/result.h>

#include <QFuture>
#include <QFutureWatcher>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace quoin {

template <class T = void>
class Future;

namespace detail {

/// What the exception being handled says. To be called inside catch (...).
inline QString currentExceptionText()
{
    try {
        throw;
    } catch (const std::exception &exception) {
        return QStringLiteral("exception: %1").arg(QString::fromUtf8(exception.what()));
    } catch (...) {
        return QStringLiteral("an exception of an unknown type");
    }
}

/// Where a Promise and its Futures meet. The result is constant once it is there.
template <class T>
class FutureState
{
public:
    using Continuation = std::function<void(const Result<T> &)>;

    const Result<T> *result() const { return m_isFinished.load(std::memory_order_acquire) ? &*m_result : nullptr; }

    const Result<T> &wait() const
    {
        m_isFinished.wait(false, std::memory_order_acquire);
        return *m_result;
    }

    /// The first call counts.
    void finish(Result<T> &&result)
    {
        std::vector<Continuation> continuations;
        {
            const std::scoped_lock lock(m_mutex);
            if (m_result)
                return;
            m_result.emplace(std::move(result));
            continuations.swap(m_continuations);
            m_isFinished.store(true, std::memory_order_release);
        }
        m_isFinished.notify_all();
        for (const Continuation &continuation : continuations)
            continuation(*m_result);
    }

    void onFinished(Continuation continuation)
    {
        {
            const std::scoped_lock lock(m_mutex);
            if (!m_result) {
                m_continuations.push_back(std::move(continuation));
                return;
            }
        }
        continuation(*m_result);
    }

private:
    std::mutex m_mutex;
    std::atomic<bool> m_isFinished = false;
    std::optional<Result<T>> m_result;
    std::vector<Continuation> m_continuations;
};

/// What a continuation's return value makes of a future: U, Result<U> and Future<U> all become Future<U>.
template <class R>
struct Unwrapped
{
    using type = R;
};
template <class U>
struct Unwrapped<Result<U>>
{
    using type = U;
};
template <class U>
struct Unwrapped<Future<U>>
{
    using type = U;
};

template <class R>
struct IsFuture : std::false_type
{
};
template <class U>
struct IsFuture<Future<U>> : std::true_type
{
};

} // namespace detail

/// The producing end: finish() it once, from any thread. Destroyed before that, its futures get an Internal error.
template <class T = void>
class Promise
{
public:
    Promise()
        : m_state(std::make_shared<detail::FutureState<T>>())
    {
    }
    Promise(Promise &&) noexcept = default;
    Promise &operator=(Promise &&) = delete;
    ~Promise()
    {
        if (m_state && !m_state->result())
            m_state->finish(Error::internal(QStringLiteral("the work was given up")));
    }

    Future<T> future() const { return Future<T>(m_state); }
    void finish(Result<T> result) { m_state->finish(std::move(result)); }

private:
    std::shared_ptr<detail::FutureState<T>> m_state; // shared with the futures
};

/// A value that comes later, or the Error that came instead. Why not QFuture: in Qt 6.4 a continuation that is attached
/// while another thread finishes the future runs twice and crashes, and errors would have to be passed on by hand at
/// each step.
///
/// A cheap value; any thread. A ready one (made from a T, an Error or a Result<T>) allocates nothing. Made from a
/// QFuture, which may be done on a thread with an event loop only, such as in a handler that returns a future.
template <class T>
class Future
{
public:
    using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

    Future(Result<T> ready)
        : m_ready(std::move(ready))
    {
    }
    Future(Error error)
        : m_ready(std::in_place, std::move(error))
    {
    }
    Future(Value value) requires(!std::is_void_v<T>)
        : m_ready(std::in_place, std::move(value))
    {
    }
    Future(const QFuture<T> &future) requires(!std::is_void_v<T>)
        : m_state(stateOf(future))
    {
    }
    Future(const QFuture<Result<T>> &future)
        : m_state(stateOf(future))
    {
    }

    bool isFinished() const { return peek() != nullptr; }
    /// The result if it is there, else null. Valid as long as this future.
    const Result<T> *peek() const { return m_ready ? &*m_ready : m_state->result(); }
    /// Waits for the result: for pool threads and tasks, never on the event loop.
    Result<T> result() const { return m_ready ? *m_ready : m_state->wait(); }

    /// What function makes of the result: called with the value on success alone (an Error is passed on), or, if it
    /// takes a Result, always. It may return a value, a Result or a Future. It runs at once if the result is there,
    /// else on the thread that finishes it, and must not block there. What it throws becomes an Internal error.
    template <class F>
    auto then(F function) const
    {
        if constexpr (std::is_invocable_v<F &, const Result<T> &>)
            return attach<std::invoke_result_t<F &, const Result<T> &>>(std::move(function), OnError::Call);
        else if constexpr (std::is_void_v<T>)
            return attach<std::invoke_result_t<F &>>(
                [function = std::move(function)](const Result<T> &) mutable { return function(); }, OnError::PassOn);
        else
            return attach<std::invoke_result_t<F &, const T &>>(
                [function = std::move(function)](const Result<T> &result) mutable { return function(*result); },
                OnError::PassOn);
    }

private:
    friend class Promise<T>;
    template <class>
    friend class Future;
    using State = detail::FutureState<T>;
    enum class OnError { Call, PassOn };

    explicit Future(std::shared_ptr<State> state)
        : m_state(std::move(state))
    {
    }

    template <class R, class F>
    auto attach(F function, OnError onError) const
    {
        using U = typename detail::Unwrapped<R>::type;
        auto step = [function = std::move(function), onError](const Result<T> &result) mutable -> Future<U> {
            if (onError == OnError::PassOn && !result)
                return result.error();
            try {
                if constexpr (std::is_void_v<R>) {
                    function(result);
                    return Result<>();
                } else {
                    return function(result);
                }
            } catch (...) {
                return Error::internal(detail::currentExceptionText());
            }
        };
        if (const Result<T> *ready = peek())
            return step(*ready);
        auto next = std::make_shared<detail::FutureState<U>>();
        m_state->onFinished(
            [next, step = std::move(step)](const Result<T> &result) mutable { step(result).passTo(next); });
        return Future<U>(std::move(next));
    }

    void passTo(const std::shared_ptr<State> &next) const
    {
        if (const Result<T> *ready = peek())
            next->finish(Result<T>(*ready));
        else
            m_state->onFinished([next](const Result<T> &result) { next->finish(Result<T>(result)); });
    }

    /// A watcher, not QFuture::then(): its signal comes once, through the event loop.
    template <class V>
    static std::shared_ptr<State> stateOf(const QFuture<V> &future)
    {
        auto state = std::make_shared<State>();
        if (future.isFinished()) {
            state->finish(resultOf(future));
            return state;
        }
        auto *watcher = new QFutureWatcher<V>;
        QObject::connect(watcher, &QFutureWatcher<V>::finished, watcher, [watcher, state] {
            state->finish(resultOf(watcher->future()));
            watcher->deleteLater();
        });
        watcher->setFuture(future);
        return state;
    }

    template <class V>
    static Result<T> resultOf(const QFuture<V> &future)
    {
        try {
            if (future.resultCount() > 0)
                return future.result(); // not takeResult(), which resets what the promise is still finishing (Qt 6.4)
            QFuture<V>(future).waitForFinished(); // throws what is stored
            return Error::internal(QStringLiteral("the work was cancelled"));
        } catch (...) {
            return Error::internal(detail::currentExceptionText());
        }
    }

    std::optional<Result<T>> m_ready;
    std::shared_ptr<State> m_state; // null if m_ready
};

} // namespace quoin
