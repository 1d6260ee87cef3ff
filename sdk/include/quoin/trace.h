// SPDX-License-Identifier: MIT
#pragma once

#include <quoin/abi.h>

#include <memory>
#include <utility>

namespace quoin {

namespace abi {

/// On whose behalf something is done. Any thread.
class Trace
{
public:
    virtual void release() const noexcept = 0;

protected:
    ~Trace() = default;
};

/// Since 1.2. What the calling thread works for.
class Traces
{
public:
    static constexpr const char *name = "quoin.Traces/1";
    virtual const Trace *capture() = 0; ///< Null: nothing. To be released.
    /// Until leave(), on this thread: it works for these together. They nest, and are kept as long. A null is something
    /// without a trace.
    virtual void enter(const QList<const Trace *> &each) = 0;
    virtual void leave() = 0;
    virtual QByteArray traceparent() = 0; ///< Null: nothing, or several.
    virtual QByteArray tracestate() = 0;

protected:
    ~Traces() = default;
};

} // namespace abi

/// What a thread worked for when this was captured: a request or the run of a task, or nothing. A cheap value; any
/// thread.
using Trace = std::shared_ptr<const abi::Trace>; // shared by all that is done for it

/// The trace (W3C Trace Context) that the calling thread works for. The host sets it around handlers, tasks, database
/// jobs and their continuations, and Services::run() takes it along; a plugin needs this for threads of its own, and to
/// pass the trace on to other servers. Log lines and pushed tasks have it by themselves. A cheap value; any thread.
class Traces
{
public:
    /// Null: nothing is traced.
    explicit Traces(abi::Traces *traces = nullptr)
        : m_traces(traces)
    {
    }

    Trace capture() const
    {
        const abi::Trace *trace = m_traces ? m_traces->capture() : nullptr;
        return trace ? Trace(trace, [](const abi::Trace *owned) { owned->release(); }) : Trace();
    }

    /// As long as it lives, its thread works for something; then for what it did before.
    class [[nodiscard]] Scope
    {
    public:
        Scope(Scope &&other) noexcept
            : m_traces(std::exchange(other.m_traces, nullptr))
        {
        }
        Scope &operator=(Scope &&) = delete;
        ~Scope()
        {
            if (m_traces)
                m_traces->leave();
        }

    private:
        friend class Traces;
        Scope(abi::Traces *traces, const QList<const abi::Trace *> &each)
            : m_traces(traces)
        {
            if (m_traces)
                m_traces->enter(each);
        }

        abi::Traces *m_traces;
    };
    Scope enter(const Trace &trace) const { return Scope(m_traces, {trace.get()}); }
    /// For all of them together: of as many events that are published together, the first is the first one's.
    Scope enterEach(const QList<const abi::Trace *> &each) const { return Scope(m_traces, each); }

    /// The header "traceparent" for a request to another server on behalf of what this thread works for; null: none.
    QByteArray traceparent() const { return m_traces ? m_traces->traceparent() : QByteArray(); }
    /// The header "tracestate" to go with it; null: none.
    QByteArray tracestate() const { return m_traces ? m_traces->tracestate() : QByteArray(); }

private:
    abi::Traces *m_traces;
};

} // namespace quoin
