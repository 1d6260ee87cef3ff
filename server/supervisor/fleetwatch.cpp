// SPDX-License-Identifier: GPL-3.0-only
// Ends what is late, blocked or does not leave.
#include "supervisor/fleet.h"

#include "supervisor/log.h"

#include <csignal>

#include <sys/syscall.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace quoin::supervisor {

namespace {

constexpr qint64 heldUpAfter = 500; // ms between two looks: then it was us, or the whole host, that stood still
constexpr qint64 abortGrace = 500;  // ms for a signal handler to write down the stack

} // namespace

void Fleet::look()
{
    const qint64 now = monotonicMilliseconds();
    const bool wasHeldUp = m_lastLook != 0 && now - m_lastLook > heldUpAfter;
    m_lastLook = now;
    if (wasHeldUp)
        return;
    for (Worker *worker : m_crew.all())
        lookAt(worker, now);
}

void Fleet::lookAt(Worker *worker, qint64 now)
{
    if (worker->killAt != 0 && now >= worker->killAt) {
        worker->isOverdue = true;
        return worker->process->kill();
    }
    if (worker->sentence || !worker->process->isRunning())
        return; // on its way
    if (worker->lateAt != 0 && now >= worker->lateAt) {
        Verdict late;
        late.what = u"it was not ready within %1 ms"_s.arg(m_options.readyTimeout.count());
        return putDown(worker, late, 0);
    }
    const auto found = inspect(m_memory.slot(worker->slot), now, m_options.watchdog);
    if (!found || (!found->isFatal() && std::exchange(worker->isKnownStuck, true)))
        return;
    qCWarning(log).noquote().nospace() << "worker stuck pid=" << worker->process->pid()
                                       << " generation=" << worker->generation
                                       << " plugin=" << (found->module.isEmpty() ? u"unknown"_s : found->module)
                                       << " what=\"" << found->sentence(now) << '"';
    if (found->isFatal())
        putDown(worker, found->verdict(now), found->thread);
    else
        restartWorker(worker->slot);
    Q_EMIT stuck(worker->generation, *found);
}

/// SIGABRT to the thread that is to blame, because its signal handler leaves a stack; then SIGKILL.
void Fleet::putDown(Worker *worker, const Verdict &sentence, qint32 thread)
{
    worker->sentence = sentence;
    worker->lateAt = 0;
    worker->killAt = monotonicMilliseconds() + abortGrace;
    const auto pid = static_cast<pid_t>(worker->process->pid());
    if (::syscall(SYS_tgkill, pid, thread > 0 ? thread : pid, SIGABRT) != 0)
        worker->process->kill();
}

} // namespace quoin::supervisor
