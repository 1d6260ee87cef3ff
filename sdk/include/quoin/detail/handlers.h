// SPDX-License-Identifier: MIT
#pragma once

// The sugar between a plugin's typed functions and the interfaces of abi.h. It compiles into the plugin and never
// crosses the boundary.

#include <quoin/abi.h>
#include <quoin/future.h>
#include <quoin/http.h>
#include <quoin/tasks.h>

#include <concepts>
#include <exception>
#include <memory>
#include <tuple>
#include <type_traits>

namespace quoin {

class Plugin;

namespace detail {

// ---- Signatures ---------------------------------------------------------------------------------------------------

template <class F>
struct Signature : Signature<decltype(&F::operator())>
{
};
template <class R, class... A>
struct Signature<R (*)(A...)>
{
    using Return = R;
    using Arguments = std::tuple<std::decay_t<A>...>;
};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...)> : Signature<R (*)(A...)>
{
};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) const> : Signature<R (*)(A...)>
{
};

/// A member function of the plugin becomes a callable; any other callable stays what it is.
template <class F>
F bind(Plugin *, F callable)
{
    return callable;
}
template <class C, class R, class... A>
auto bind(Plugin *plugin, R (C::*member)(A...))
{
    return [self = static_cast<C *>(plugin), member](A... arguments) -> R {
        return (self->*member)(std::forward<A>(arguments)...);
    };
}
template <class C, class R, class... A>
auto bind(Plugin *plugin, R (C::*member)(A...) const)
{
    return [self = static_cast<const C *>(plugin), member](A... arguments) -> R {
        return (self->*member)(std::forward<A>(arguments)...);
    };
}

// ---- Routes -------------------------------------------------------------------------------------------------------

template <class T>
struct Capture;
template <std::signed_integral T>
struct Capture<T>
{
    static constexpr const char *type = "integer";
    /// Digits with an optional '-', within range; nothing else, so that "+1", " 1" and "01" do not name the record 1.
    static std::optional<T> parse(const QByteArray &text)
    {
        bool ok = false;
        const qint64 value = text.toLongLong(&ok);
        if (!ok || QByteArray::number(value) != text || !std::in_range<T>(value))
            return std::nullopt;
        return static_cast<T>(value);
    }
};
template <>
struct Capture<QByteArray>
{
    static constexpr const char *type = "string";
    static std::optional<QByteArray> parse(const QByteArray &text) { return text; }
};
template <>
struct Capture<QString>
{
    static constexpr const char *type = "string";
    static std::optional<QString> parse(const QByteArray &text) { return QString::fromUtf8(text); }
};

inline void answer(abi::Reply &reply, Response &&response) { std::move(response).sendTo(reply); }
inline void answer(abi::Reply &reply, Result<Response> &&result)
{
    if (result)
        answer(reply, *std::move(result));
    else
        reply.error(static_cast<int>(result.error().kind()), result.error().message());
}

template <class R>
concept PlainAnswer = std::same_as<R, Response> || std::same_as<R, Result<Response>>;
template <class R>
concept FutureAnswer = std::same_as<R, Future<Response>> || std::same_as<R, QFuture<Response>> || std::same_as<
    R, QFuture<Result<Response>>>;

template <class F>
class RouteHandler final : public abi::Handler
{
    using Return = typename Signature<F>::Return;
    using Arguments = typename Signature<F>::Arguments;
    static_assert(PlainAnswer<Return> || FutureAnswer<Return>,
                  "a handler returns Response, Result<Response>, Future<Response>, QFuture<Response> or "
                  "QFuture<Result<Response>>");
    static_assert(std::same_as<std::tuple_element_t<0, Arguments>, Request>, "a handler takes const Request & first");
    static constexpr std::size_t captureCount = std::tuple_size_v<Arguments> - 1;

public:
    static constexpr abi::RunsOn runsOn = FutureAnswer<Return> ? abi::RunsOn::Loop : abi::RunsOn::Pool;

    explicit RouteHandler(F function)
        : m_function(std::move(function))
    {
    }

    static QList<QByteArray> captureTypes() { return captureTypes(std::make_index_sequence<captureCount>()); }

    void handle(const abi::Request *request, abi::Reply *owned) override
    {
        std::unique_ptr<abi::Reply> reply(owned);
        try {
            call(Request(request), request, reply, std::make_index_sequence<captureCount>());
        } catch (...) {
            if (reply)
                reply->error(static_cast<int>(ErrorKind::Internal), currentExceptionText());
        }
    }

private:
    template <std::size_t I>
    using CaptureType = std::tuple_element_t<I + 1, Arguments>;

    template <std::size_t... I>
    static QList<QByteArray> captureTypes(std::index_sequence<I...>)
    {
        return {QByteArray(Capture<CaptureType<I>>::type)...};
    }

    template <std::size_t... I>
    void call(const Request &request, const abi::Request *raw, std::unique_ptr<abi::Reply> &reply,
              std::index_sequence<I...>)
    {
        const auto captures = std::tuple(Capture<CaptureType<I>>::parse(raw->capture(static_cast<int>(I)))...);
        if (!(std::get<I>(captures).has_value() && ...))
            return reply->problem(404, {}, QStringLiteral("There is nothing at this path."));
        if constexpr (PlainAnswer<Return>)
            answer(*reply, m_function(request, *std::get<I>(captures)...));
        else
            answerLater(std::move(reply), m_function(request, *std::get<I>(captures)...));
    }

    static void answerLater(std::unique_ptr<abi::Reply> reply, const Future<Response> &future)
    {
        if (const Result<Response> *ready = future.peek())
            return answer(*reply, Result<Response>(*ready));
        const std::shared_ptr<abi::Reply> shared(std::move(reply)); // shared: a continuation is a std::function
        future.then([shared](const Result<Response> &result) { answer(*shared, Result<Response>(result)); });
    }

    F m_function;
};

// ---- Tasks --------------------------------------------------------------------------------------------------------

template <class T>
struct Argument;
template <std::signed_integral T>
struct Argument<T>
{
    static std::optional<T> parse(const QByteArray &json) { return Capture<T>::parse(json); }
};
template <>
struct Argument<bool>
{
    static std::optional<bool> parse(const QByteArray &json)
    {
        if (json == "true" || json == "false")
            return json == "true";
        return std::nullopt;
    }
};
template <>
struct Argument<QString>
{
    static std::optional<QString> parse(const QByteArray &json)
    {
        const QJsonValue value = QJsonDocument::fromJson('[' + json + ']').array().at(0);
        return value.isString() ? std::optional(value.toString()) : std::nullopt;
    }
};
template <>
struct Argument<JsonText>
{
    static std::optional<JsonText> parse(const QByteArray &json) { return JsonText(json); }
};

template <class... Types, std::size_t... I>
Result<std::tuple<Types...>> readArguments(const abi::TaskRun &run, std::index_sequence<I...>)
{
    if (run.argumentCount() != static_cast<int>(sizeof...(Types)))
        return Error::invalid(QStringLiteral("%1 takes %2 arguments, not %3")
                                  .arg(run.name())
                                  .arg(sizeof...(Types))
                                  .arg(run.argumentCount()));
    [[maybe_unused]] const auto arguments = std::tuple(Argument<Types>::parse(run.argument(static_cast<int>(I)))...);
    if (!(std::get<I>(arguments).has_value() && ...))
        return Error::invalid(QStringLiteral("an argument of %1 has the wrong type").arg(run.name()));
    return std::tuple<Types...>(*std::get<I>(arguments)...);
}

template <class F>
class TaskFunction final : public abi::TaskHandler
{
    using Arguments = typename Signature<F>::Arguments;
    static_assert(std::same_as<typename Signature<F>::Return, Result<>>, "a task returns Result<>");
    static_assert(std::same_as<std::tuple_element_t<0, Arguments>, TaskRun>, "a task takes const TaskRun & first");
    static constexpr std::size_t argumentCount = std::tuple_size_v<Arguments> - 1;

public:
    explicit TaskFunction(F function)
        : m_function(std::move(function))
    {
    }

    bool run(const abi::TaskRun *run, Error *error) override
    {
        try {
            const Result<> result = call(TaskRun(run), std::make_index_sequence<argumentCount>());
            if (!result)
                *error = result.error();
            return result.has_value();
        } catch (...) {
            *error = Error::internal(currentExceptionText());
            return false;
        }
    }

private:
    template <std::size_t... I>
    Result<> call(const TaskRun &run, std::index_sequence<I...>)
    {
        const auto arguments = run.arguments<std::tuple_element_t<I + 1, Arguments>...>();
        if (!arguments)
            return arguments.error();
        return m_function(run, std::get<I>(*arguments)...);
    }

    F m_function;
};

template <class F>
class BatchTaskFunction final : public abi::BatchTaskHandler
{
    static_assert(std::same_as<typename Signature<F>::Return, QList<Result<>>>, "a batch task returns QList<Result<>>");
    static_assert(std::same_as<typename Signature<F>::Arguments, std::tuple<QList<TaskRun>>>,
                  "a batch task takes const QList<TaskRun> & and nothing else");

public:
    explicit BatchTaskFunction(F function)
        : m_function(std::move(function))
    {
    }

    void run(const QList<const abi::TaskRun *> &runs, abi::BatchOutcomes *outcomes) override
    {
        const int count = static_cast<int>(runs.size());
        try {
            const QList<Result<>> results = m_function(QList<TaskRun>(runs.cbegin(), runs.cend()));
            if (results.size() != count)
                return failAll(count, *outcomes,
                               Error::internal(QStringLiteral("the function of a batch of %1 runs returned %2 results")
                                                   .arg(count)
                                                   .arg(results.size())));
            for (int i = 0; i < count; ++i)
                results[i] ? outcomes->succeed(i) : outcomes->fail(i, results[i].error());
        } catch (...) {
            failAll(count, *outcomes, Error::internal(currentExceptionText()));
        }
    }

private:
    static void failAll(int count, abi::BatchOutcomes &outcomes, const Error &error)
    {
        for (int i = 0; i < count; ++i)
            outcomes.fail(i, error);
    }

    F m_function;
};

} // namespace detail

template <class... Types>
Result<std::tuple<Types...>> TaskRun::arguments() const
{
    return detail::readArguments<Types...>(*m_run, std::index_sequence_for<Types...>());
}

} // namespace quoin
