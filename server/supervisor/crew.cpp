// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/crew.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::supervisor {

Crew::Crew(QString program, QStringList arguments, HostMemory &memory, QObject *parent)
    : QObject(parent)
    , m_program(std::move(program))
    , m_arguments(std::move(arguments))
    , m_memory(memory)
{
}

Crew::~Crew()
{
    for (const Worker *worker : all())
        worker->process->kill(); // all of them first, so that they end side by side
}

Result<Worker *> Crew::start(quint64 generation, int index, Role role, QJsonObject brief)
{
    const auto free = std::find(m_workers.begin(), m_workers.end(), nullptr);
    if (free == m_workers.end())
        return Error::unavailable(
            u"There are %1 worker processes already: wait until one has left."_s.arg(HostMemory::slots));

    auto made = std::make_unique<Worker>();
    Worker *worker = made.get();
    worker->slot = static_cast<int>(free - m_workers.begin());
    worker->generation = generation;
    worker->index = index;
    worker->role = role;
    worker->enter(WorkerPhase::Starting);
    worker->process = std::make_unique<WorkerProcess>();
    brief["generation"_L1] = static_cast<qint64>(generation);
    brief["slot"_L1] = worker->slot;
    brief["index"_L1] = index;
    brief["role"_L1] = role == Role::Web ? u"web"_s : u"tasks"_s;

    connect(worker->process.get(), &WorkerProcess::received, this,
            [this, worker](char type, const QByteArray &payload, int descriptor) {
                Q_EMIT said(worker, type, payload, descriptor);
            });
    // Queued: a program that cannot be run may be told of inside start().
    connect(
        worker->process.get(), &WorkerProcess::ended, this,
        [this, worker](const ProcessEnd &end) { remove(worker, end); }, Qt::QueuedConnection);
    m_memory.clear(worker->slot);
    if (const auto started = worker->process->start({m_program, m_arguments, m_memory.descriptor(), brief}); !started)
        return started.error();
    *free = std::move(made);
    return worker;
}

Worker *Crew::at(int slot) const
{
    return slot >= 0 && slot < HostMemory::slots ? m_workers[static_cast<size_t>(slot)].get() : nullptr;
}

QList<Worker *> Crew::all() const
{
    QList<Worker *> workers;
    for (const auto &worker : m_workers) {
        if (worker)
            workers.append(worker.get());
    }
    return workers;
}

int Crew::freeSlots() const { return static_cast<int>(std::count(m_workers.begin(), m_workers.end(), nullptr)); }

void Crew::remove(Worker *worker, const ProcessEnd &end)
{
    Q_EMIT gone(worker, end);
    const int slot = worker->slot;
    m_workers[static_cast<size_t>(slot)].reset();
    m_memory.clear(slot);
    Q_EMIT cleared();
}

} // namespace quoin::supervisor
