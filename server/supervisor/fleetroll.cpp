// SPDX-License-Identifier: GPL-3.0-only
// How a new generation takes over, or does not.
#include "supervisor/fleet.h"

#include "supervisor/log.h"

#include <csignal>

using namespace Qt::StringLiterals;

namespace quoin::supervisor {

namespace {

/// Killed by a signal that is sent by people, by service managers and by a kernel short of memory.
bool isFromOutside(const ProcessEnd &end, const Verdict &verdict)
{
    return end.how == ProcessEnd::Killed && verdict.how == Verdict::Unknown
        && (end.code == SIGKILL || end.code == SIGTERM);
}

} // namespace

/// Not inside a call or a signal of ours, whose caller does not expect what may follow.
void Fleet::startSoon() { QMetaObject::invokeMethod(this, &Fleet::startWaitingRoll, Qt::QueuedConnection); }

void Fleet::startWaitingRoll()
{
    if (!m_next || m_roll || m_phase != Phase::Running)
        return;
    QSet<quint64> generations;
    for (const Worker *worker : m_crew.all())
        generations.insert(worker->generation);
    if (generations.size() >= m_options.mostGenerations || m_crew.freeSlots() < m_next->posts().count())
        return; // until somebody has left
    m_roll = std::exchange(m_next, std::nullopt);
    startPost(0);
}

void Fleet::startPost(int index)
{
    if (!launch(*m_roll, index))
        refuse({{u"error"_s, u"no worker process can be started; the log says why"_s}}, {});
}

void Fleet::advance(Roll::Step step, int index)
{
    switch (step) {
    case Roll::Step::Switch:
        return switchOver();
    case Roll::Step::StartAgain:
        return startPost(index);
    case Roll::Step::StartOthers:
        for (int other = 1; m_roll && other < m_roll->posts().count(); ++other)
            startPost(other);
        return;
    case Roll::Step::Wait:
    case Roll::Step::Refuse:
        return;
    }
}

void Fleet::switchOver()
{
    m_live = std::exchange(m_roll, std::nullopt);
    for (auto &[index, post] : m_posts) {
        post.restart->stop();
        post.backoff = Backoff(m_options.backoff);
    }
    // The new one first: there is no moment without a worker.
    const Role receiving = m_live->posts().receiving();
    for (const Worker *worker : m_crew.all()) {
        if (worker->generation == generation() && worker->role == receiving && worker->phase == WorkerPhase::Ready)
            m_desk.open(worker->slot);
    }
    for (Worker *worker : m_crew.all()) {
        if (worker->generation != generation() && worker->phase != WorkerPhase::Draining)
            drain(worker, true, m_options.drainTimeout);
    }
    qCInfo(log).noquote().nospace() << "generation serves generation=" << generation() << " workers=" << size();
    Q_EMIT ready(generation(), m_live->report());
    startSoon();
}

void Fleet::refuse(const QJsonObject &report, const Verdict &verdict)
{
    const quint64 number = m_roll->generation();
    m_roll.reset();
    for (Worker *worker : m_crew.all()) {
        if (worker->generation == number && !worker->refusal)
            dismiss(worker);
    }
    qCWarning(log).noquote().nospace() << "generation refused generation=" << number << " serving=" << generation();
    Q_EMIT refused(number, report, verdict);
    startSoon();
}

void Fleet::loseOfRoll(const Worker &worker, const ProcessEnd &end, const Verdict &verdict)
{
    const Roll::Step step = m_roll->lost(worker.index, isFromOutside(end, verdict));
    if (step != Roll::Step::Refuse)
        return advance(step, worker.index);
    const QString text = worker.sentence ? worker.sentence->what
                                         : u"a worker ended while it was starting: "_s + end.text();
    refuse({{u"error"_s, text}}, verdict);
}

} // namespace quoin::supervisor
