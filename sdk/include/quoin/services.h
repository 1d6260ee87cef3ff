// SPDX-License-Identifier: MIT
#pragma once

#include <quoin/abi.h>
#include <quoin/database.h>
#include <quoin/detail/pooljob.h>
#include <quoin/future.h>
#include <quoin/tasks.h>
#include <quoin/trace.h>

#include <QLoggingCategory>

namespace quoin {

/// What a plugin is given at start(). Valid until its stop() has returned; any thread.
class Services
{
public:
    explicit Services(abi::Services *services)
        : m_services(services)
    {
    }

    Database database() const { return Database(find<abi::Database>()); }
    Tasks tasks() const { return Tasks(find<abi::Tasks>()); }
    Events events() const { return Events(find<abi::Events>()); }
    Counters counters() const { return Counters(find<abi::Counters>()); }
    Traces traces() const { return Traces(find<abi::Traces>()); }

    /// One of the settings that the plugin's metadata declares, by its name without the plugin's id; its default if
    /// nobody set it.
    template <class T>
    T setting(const QString &name) const
    {
        return m_services->setting(name).value<T>();
    }

    /// The host's data.dir, absolute.
    QString dataDirectory() const { return m_services->dataDirectory(); }
    /// A folder for this plugin alone, <data.dir>/plugins/<id>, mode 0700.
    QString pluginDataDirectory() const { return m_services->pluginDataDirectory(); }
    /// qCInfo(services.log()) << ... writes under "quoin.plugin.<id>".
    const QLoggingCategory &log() const { return *m_services->log(); }
    /// The pool that blocking handlers run on.
    QThreadPool &pool() const { return *m_services->pool(); }
    /// Runs a function that may block on that pool; a future of what it returns (T or Result<T>). What it throws is an
    /// Internal error. It works for what the caller's thread works for: see Traces.
    template <class F>
    auto run(F function) const
    {
        using T = typename detail::Unwrapped<std::invoke_result_t<F &>>::type;
        Promise<T> promise;
        Future<T> future = promise.future();
        const Traces traces = this->traces();
        detail::startOn(
            pool(),
            [promise = std::move(promise), function = std::move(function), traces, trace = traces.capture()]() mutable {
                const auto scope = traces.enter(trace);
                try {
                    promise.finish(function());
                } catch (...) {
                    promise.finish(Error::internal(detail::currentExceptionText()));
                }
            });
        return future;
    }
    /// True once the host drains.
    bool isStopping() const { return m_services->isStopping(); }

private:
    template <class Interface>
    Interface *find() const
    {
        return static_cast<Interface *>(m_services->find(Interface::name));
    }

    abi::Services *m_services;
};

} // namespace quoin
