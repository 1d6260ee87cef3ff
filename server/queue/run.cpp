// SPDX-License-Identifier: GPL-3.0-only
#include "queue/run.h"

#include "queue/arguments.h"

#include <algorithm>
#include <exception>

namespace quoin::queue {

using namespace Qt::StringLiterals;
using std::chrono::steady_clock;

namespace {

/// "No limit" is often written as the largest number there is.
steady_clock::time_point after(std::chrono::milliseconds limit)
{
    return steady_clock::now() + std::min<std::chrono::milliseconds>(limit, std::chrono::years(10));
}

trace::Context traceOf(const Claimed &claimed, const QString &name)
{
    const auto pusher = trace::fromText(claimed.trace);
    trace::Context context = pusher ? trace::child(*pusher) : trace::begin();
    context.task = name;
    return context;
}

} // namespace

Run::Run(Claimed claimed, const QString &name, const TaskKind &kind, const std::atomic<bool> &draining,
         const RunLimits &limits)
    : m_claimed(std::move(claimed))
    , m_name(name)
    , m_trace(traceOf(m_claimed, name))
    , m_kind(kind)
    , m_limits(limits)
    , m_draining(draining)
{
}

bool Run::begin()
{
    Stage expected = Stage::Waiting;
    if (!m_stage.compare_exchange_strong(expected, Stage::Begun))
        return false;
    m_deadline = after(m_limits.soft.value_or(m_kind.timeLimit));
    if (m_limits.hard)
        m_hardDeadline = after(*m_limits.hard);
    m_started = systemMicroseconds();
    return true;
}

Result<> Run::readArguments()
{
    auto arguments = splitArguments(m_claimed.arguments);
    if (!arguments)
        return arguments.error();
    m_arguments = *std::move(arguments);
    return {};
}

std::optional<Error> Run::call()
{
    if (const auto read = readArguments(); !read)
        return read.error();
    Error error;
    try {
        if (m_kind.handler->run(this, &error))
            return std::nullopt;
    } catch (const std::exception &exception) {
        error = Error::internal(u"exception: %1"_s.arg(QString::fromUtf8(exception.what())));
    } catch (...) {
        error = Error::internal(u"an exception of an unknown type"_s);
    }
    return error;
}

Outcome Run::outcome(const std::optional<Error> &error) const
{
    Outcome outcome;
    outcome.id = m_claimed.id;
    outcome.name = m_name;
    outcome.attempt = m_claimed.attempt;
    outcome.started = m_started;
    outcome.finished = systemMicroseconds();
    outcome.drained = m_draining;
    outcome.stopped = m_stopped;
    outcome.overran = isOverdue();
    outcome.error = error;
    return outcome;
}

bool Run::giveBack()
{
    Stage expected = Stage::Waiting;
    return m_stage.compare_exchange_strong(expected, Stage::GivenBack);
}

bool Run::isStuck(std::chrono::milliseconds wait) const
{
    return m_stage == Stage::Waiting && steady_clock::now() - m_made > wait;
}

bool Run::isOverdue() const { return steady_clock::now() >= m_deadline.load(); }

bool Run::noticeOverrun()
{
    if (m_overrunNoticed || !isOverdue())
        return false;
    m_overrunNoticed = true;
    return true;
}

bool Run::noticeHardOverrun()
{
    if (m_hardOverrunNoticed || steady_clock::now() < m_hardDeadline.load())
        return false;
    m_hardOverrunNoticed = true;
    return true;
}

bool Run::isStopRequested() const { return m_draining || m_lost || m_stopped || isOverdue(); }

} // namespace quoin::queue
