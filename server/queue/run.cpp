// SPDX-License-Identifier: GPL-3.0-only
#include "queue/run.h"

#include "queue/arguments.h"

#include <exception>

namespace quoin::queue {

using namespace Qt::StringLiterals;
using std::chrono::steady_clock;

Run::Run(Claimed claimed, const QString &name, const TaskKind &kind, const std::atomic<bool> &draining)
    : m_claimed(std::move(claimed))
    , m_name(name)
    , m_kind(kind)
    , m_draining(draining)
{
}

std::optional<Outcome> Run::execute()
{
    Stage expected = Stage::Waiting;
    if (!m_stage.compare_exchange_strong(expected, Stage::Begun))
        return std::nullopt;
    m_deadline = steady_clock::now() + m_kind.timeLimit;

    Outcome outcome;
    outcome.id = m_claimed.id;
    outcome.name = m_name;
    outcome.attempt = m_claimed.attempt;
    outcome.started = systemMicroseconds();
    outcome.error = call();
    outcome.finished = systemMicroseconds();
    outcome.drained = m_draining;
    return outcome;
}

std::optional<Error> Run::call()
{
    auto arguments = splitArguments(m_claimed.arguments);
    if (!arguments)
        return arguments.error();
    m_arguments = *std::move(arguments);
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

bool Run::isStopRequested() const { return m_draining || m_lost || isOverdue(); }

} // namespace quoin::queue
