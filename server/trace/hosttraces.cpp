// SPDX-License-Identifier: GPL-3.0-only
#include "trace/hosttraces.h"

#include "trace/carried.h"

#include <memory>

namespace quoin::trace {

namespace {

/// Of one; of several together it is none's.
struct Captured final : abi::Trace
{
    explicit Captured(const Context &of)
        : context(of)
    {
    }
    virtual ~Captured() = default;
    void release() const noexcept override { delete this; }

    const Context context;
};

/// What a plugin has entered, innermost first.
struct Level
{
    Level(std::vector<Context> of, std::unique_ptr<Level> around)
        : each(std::move(of))
        , outer(std::move(around))
        , entered(each)
    {
    }

    const std::vector<Context> each;
    std::unique_ptr<Level> outer;
    const Entered entered;
};

thread_local std::unique_ptr<Level> t_level;

} // namespace

const abi::Trace *HostTraces::capture()
{
    const Context *now = current();
    return now ? new Captured(*now) : nullptr;
}

void HostTraces::enter(const QList<const abi::Trace *> &each)
{
    std::vector<Context> contexts;
    contexts.reserve(static_cast<std::size_t>(each.size()));
    for (const abi::Trace *trace : each)
        contexts.push_back(trace ? static_cast<const Captured *>(trace)->context : Context());
    t_level = std::make_unique<Level>(std::move(contexts), std::move(t_level));
}

void HostTraces::leave()
{
    if (!t_level)
        return;
    std::unique_ptr<Level> ended = std::move(t_level);
    t_level = std::move(ended->outer);
}

QByteArray HostTraces::traceparent()
{
    const Context *now = current();
    return now ? trace::traceparent(*now) : QByteArray();
}

QByteArray HostTraces::tracestate()
{
    const Context *now = current();
    return now ? now->state : QByteArray();
}

} // namespace quoin::trace
