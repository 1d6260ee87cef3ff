// SPDX-License-Identifier: GPL-3.0-only
// What becomes of workers: how they leave, and who comes in their place.
#include "supervisor/fleet.h"

#include "supervisor/handover.h"
#include "supervisor/log.h"

#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::supervisor {

namespace {

Ending endingOf(const ProcessEnd &end)
{
    switch (end.how) {
    case ProcessEnd::Left:
        return {Ending::Exit, end.code};
    case ProcessEnd::Killed:
        return {Ending::Signal, end.code};
    case ProcessEnd::NotStarted:
        break;
    }
    return {};
}

/// What a worker's memory says; what the fleet ended it for comes first.
Verdict verdictOf(const Worker &worker, const WorkerSlot &slot, const ProcessEnd &end)
{
    Verdict verdict = blame(slot, endingOf(end));
    if (worker.sentence) {
        if (verdict.module.isEmpty() || !worker.sentence->module.isEmpty()) {
            verdict.module = worker.sentence->module;
            verdict.sha256 = worker.sentence->sha256;
        }
        verdict.how = verdict.module.isEmpty() ? Verdict::Unknown : Verdict::Watchdog;
        verdict.what = worker.sentence->what;
    } else if (worker.refusal) {
        verdict = {}; // to refuse is no crime
        verdict.what = u"it could not start again: "_s
            + QString::fromUtf8(QJsonDocument(*worker.refusal).toJson(QJsonDocument::Compact));
    } else if (end.how == ProcessEnd::NotStarted || verdict.what.isEmpty()) {
        verdict.what = end.isClean() ? u"it left unasked"_s : end.text();
    }
    return verdict;
}

void logLeaving(const Worker &worker)
{
    qCInfo(log).noquote().nospace() << "worker left pid=" << worker.process->pid()
                                    << " generation=" << worker.generation
                                    << (worker.isOverdue ? " killed=\"it did not leave in time\"" : "");
}

void logDeath(const Worker &worker, const ProcessEnd &end, const Verdict &verdict)
{
    qCWarning(log).noquote().nospace()
        << "worker died pid=" << worker.process->pid() << " generation=" << worker.generation << " end=\"" << end.text()
        << "\" what=\"" << verdict.what << "\" plugin=" << (verdict.module.isEmpty() ? u"unknown"_s : verdict.module)
        << (verdict.stack.isEmpty() ? QString() : u" stack=\""_s + verdict.stack.join(u" < "_s) + u'"');
}

} // namespace

void Fleet::bury(Worker *worker, const ProcessEnd &end)
{
    m_desk.left(worker->slot);
    Q_EMIT leaving(worker->slot);
    const bool wasAsked = worker->phase == WorkerPhase::Draining;
    const bool isLive = worker->generation == generation() && !wasAsked;
    if (wasAsked && !worker->sentence && (end.isClean() || worker->isOverdue))
        return logLeaving(*worker);
    if (m_phase == Phase::Leaving || (worker->refusal && !isLive))
        return; // told already, or nobody asks any more

    const Verdict verdict = verdictOf(*worker, m_memory.slot(worker->slot), end);
    logDeath(*worker, end, verdict);
    worker->enter(WorkerPhase::Draining); // its post is empty
    if (m_roll && worker->generation == m_roll->generation())
        return loseOfRoll(*worker, end, verdict);
    if (isLive)
        fillAgain(worker->index);
    if (m_phase == Phase::Running)
        Q_EMIT workerDied(worker->generation, verdict);
}

/// Whether somebody who is to stay is in this post or on the way to it.
bool Fleet::isFilled(int index) const
{
    const auto workers = m_crew.all();
    return std::any_of(workers.begin(), workers.end(), [this, index](const Worker *worker) {
        return worker->generation == generation() && worker->index == index && worker->phase != WorkerPhase::Draining
            && !worker->isToBeReplaced;
    });
}

void Fleet::fillAgain(int index)
{
    Post &post = m_posts.at(index);
    if (m_phase == Phase::Leaving || post.restart->isActive() || isFilled(index))
        return;
    const auto pause = post.backoff.next(monotonicMilliseconds());
    if (pause.count() > 0)
        qCInfo(log).noquote().nospace() << "worker starts later index=" << index << " pause=" << pause.count() << "ms";
    post.restart->start(pause);
}

void Fleet::fill(int index)
{
    if (m_phase == Phase::Leaving || !m_live || isFilled(index))
        return;
    if (!launch(*m_live, index))
        fillAgain(index);
}

void Fleet::drain(Worker *worker, bool handBack, std::chrono::milliseconds deadline)
{
    if (worker->phase == WorkerPhase::Starting)
        return dismiss(worker);
    m_desk.shut(worker->slot);
    enter(worker, WorkerPhase::Draining);
    worker->killAt = monotonicMilliseconds() + (deadline + m_options.killGrace).count();
    worker->process->send(message::drain,
                          {{u"deadline"_s, static_cast<qint64>(deadline.count())}, {u"handBack"_s, handBack}});
}

void Fleet::dismiss(Worker *worker)
{
    m_desk.shut(worker->slot);
    if (worker->phase != WorkerPhase::Draining) {
        enter(worker, WorkerPhase::Draining);
        worker->process->send(message::drain,
                              {{u"deadline"_s, 0}, {u"handBack"_s, false}}); // to hurry is about leaving
    }
    worker->lateAt = 0;
    const qint64 killAt = monotonicMilliseconds() + m_options.killGrace.count();
    worker->killAt = worker->killAt == 0 ? killAt : std::min(worker->killAt, killAt);
    worker->process->send(message::hurry);
}

void Fleet::leaveAll()
{
    m_phase = Phase::Leaving;
    m_roll.reset();
    m_next.reset();
    m_desk.close();
    for (auto &[index, post] : m_posts)
        post.restart->stop();
    const qint64 killAt = monotonicMilliseconds() + (m_stopDeadline + m_options.killGrace).count();
    for (Worker *worker : m_crew.all()) {
        if (worker->phase != WorkerPhase::Draining)
            drain(worker, false, m_stopDeadline);
        worker->killAt = std::min(worker->killAt, killAt);
    }
    stopIfEmpty();
}

void Fleet::stopIfEmpty()
{
    if (m_phase != Phase::Leaving || !m_crew.isEmpty())
        return;
    m_phase = Phase::Stopped;
    m_watch.stop();
    Q_EMIT stopped();
}

} // namespace quoin::supervisor
