// SPDX-License-Identifier: MIT
#pragma once

#include <quoin/abi.h>
#include <quoin/detail/handlers.h>
#include <quoin/http.h>
#include <quoin/tasks.h>

#include <QStringList>

#include <chrono>
#include <concepts>

namespace quoin {

class Plugin;

/// What is optional about a route.
class Route
{
public:
    explicit Route(abi::RouteDetails *details)
        : m_details(details)
    {
    }

    /// One line for the API description.
    Route &summary(const QString &summary) { return m_details->setSummary(summary), *this; }
    /// The scope a token needs, such as "records:write".
    Route &scope(const QString &scope) { return m_details->setScope(scope), *this; }
    /// After this the client gets a 504 and a late answer is dropped. Default: the setting http.handler_timeout.
    Route &deadline(std::chrono::milliseconds deadline) { return m_details->setDeadline(deadline.count()), *this; }
    /// The largest body accepted, in bytes; a larger one is a 413. Default: the setting http.max_body.
    Route &bodyLimit(qint64 bytes) { return m_details->setBodyLimit(bytes), *this; }

private:
    abi::RouteDetails *m_details;
};

/// A change of the schema. The host runs its statements and its mark in one transaction, under a lock, once for all
/// processes.
struct Migration
{
    QString name;       ///< "<plugin>/0001-what-it-does"; migrations of one plugin run in the order of their names.
    QStringList sqlite; ///< One statement each.
    QStringList postgresql = sqlite; ///< Where the dialects differ.
};

/// Where describe() says what a plugin has. Nothing happens until the host has accepted all of it.
///
/// A route's handler takes the request and then one argument for each {capture} of the pattern (an OpenAPI path
/// template): qint64 or int (anything that is not such a number is a 404), QString or QByteArray (one path segment,
/// percent-decoded). What it returns says where it runs:
///   Response, Result<Response>                   may block; runs on a pool thread
///   Future<Response>, or a QFuture of the above  must not block; runs on the event loop
/// An exception becomes a 500 and its text goes to the log. HEAD and OPTIONS come by themselves.
class Registry
{
public:
    Registry(abi::Registry *registry, Plugin *plugin)
        : m_registry(registry)
        , m_plugin(plugin)
    {
    }

    template <class F>
    Route get(const QString &pattern, F handler)
    {
        return route(QByteArrayLiteral("GET"), pattern, std::move(handler));
    }
    template <class F>
    Route post(const QString &pattern, F handler)
    {
        return route(QByteArrayLiteral("POST"), pattern, std::move(handler));
    }
    template <class F>
    Route put(const QString &pattern, F handler)
    {
        return route(QByteArrayLiteral("PUT"), pattern, std::move(handler));
    }
    template <class F>
    Route patch(const QString &pattern, F handler)
    {
        return route(QByteArrayLiteral("PATCH"), pattern, std::move(handler));
    }
    /// DELETE, which is a word of C++.
    template <class F>
    Route remove(const QString &pattern, F handler)
    {
        return route(QByteArrayLiteral("DELETE"), pattern, std::move(handler));
    }

    /// handler: a member function of the plugin, or any callable.
    template <class F>
    Route route(const QByteArray &method, const QString &pattern, F handler)
    {
        auto bound = detail::bind(m_plugin, std::move(handler));
        using Bound = detail::RouteHandler<decltype(bound)>;
        return Route(
            m_registry->addRoute(method, pattern, Bound::captureTypes(), Bound::runsOn, new Bound(std::move(bound))));
    }

    /// A background task: Result<>(const TaskRun &, arguments...), with arguments of qint64, int, bool, QString or
    /// JsonText. The name begins with the plugin's id and a dot. Runs on a task thread and may block; it may be run
    /// again after a crash.
    template <class F>
    void task(const QString &name, F function, const TaskOptions &options = {})
    {
        auto bound = detail::bind(m_plugin, std::move(function));
        m_registry->addTask(name, options.attempts, options.firstDelay.count(), options.timeLimit.count(),
                            new detail::TaskFunction<decltype(bound)>(std::move(bound)));
        nameParameters(name, options);
    }

    /// The same for work that is cheaper done together than one by one, such as what ends in one fsync or one
    /// transaction: QList<Result<>>(const QList<TaskRun> &). A thread that is free is given what waits, at least one
    /// run and at most options.largestBatch, and waits for no more to come. Each run has its own outcome, at its place
    /// in the list that is returned, and is settled by itself; an exception fails all of them. run.arguments<...>()
    /// reads the arguments of one.
    template <class F>
    void batchTask(const QString &name, F function, const TaskOptions &options = {})
    {
        auto bound = detail::bind(m_plugin, std::move(function));
        m_registry->addBatchTask(name, options.attempts, options.firstDelay.count(), options.timeLimit.count(),
                                 options.largestBatch,
                                 new detail::BatchTaskFunction<decltype(bound)>(std::move(bound)));
        nameParameters(name, options);
    }

    /// Another name under which the task is accepted from a queue.
    void taskAlias(const QString &alias, const QString &name) { m_registry->addTaskAlias(alias, name); }

    /// From now on each such event pushes the task, in the event's transaction, with the event's arguments.
    void subscribe(const QString &event, const QString &task) { m_registry->addSubscription(event, task); }

    void migration(const Migration &migration)
    {
        m_registry->addMigration(migration.name, migration.sqlite, migration.postgresql);
    }

private:
    void nameParameters(const QString &task, const TaskOptions &options)
    {
        if (!options.parameters.isEmpty())
            m_registry->setTaskParameters(task, options.parameters);
    }

    abi::Registry *m_registry;
    Plugin *m_plugin;
};

} // namespace quoin
