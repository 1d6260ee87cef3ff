// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/hostmemory.h"
#include "supervisor/worker.h"

#include <QObject>

#include <array>

namespace quoin::supervisor {

/// The worker processes there are, each in a slot of the host memory.
class Crew final : public QObject
{
    Q_OBJECT

public:
    /// memory is lent.
    Crew(QString program, QStringList arguments, HostMemory &memory, QObject *parent = nullptr);
    ~Crew() override; ///< Kills whoever is left.

    /// Starts a process in a free slot. The brief gets "generation", "slot", "index" and "role". Unavailable if there
    /// is no slot, descriptor or memory. Owned by the crew until gone() was told.
    Result<Worker *> start(quint64 generation, int index, Role role, QJsonObject brief);

    /// Null if the slot is free.
    Worker *at(int slot) const;
    QList<Worker *> all() const;
    int freeSlots() const;
    bool isEmpty() const { return freeSlots() == HostMemory::slots; }

Q_SIGNALS:
    /// The receiver owns descriptor (-1: none).
    void said(quoin::supervisor::Worker *worker, char type, const QByteArray &payload, int descriptor);
    /// Its process is gone; its slot is still as it left it. Afterwards the slot is cleared and the worker deleted.
    void gone(quoin::supervisor::Worker *worker, const quoin::supervisor::ProcessEnd &end);
    /// That is done.
    void cleared();

private:
    void remove(Worker *worker, const ProcessEnd &end);

    QString m_program;
    QStringList m_arguments;
    HostMemory &m_memory;
    std::array<std::unique_ptr<Worker>, HostMemory::slots> m_workers;
};

} // namespace quoin::supervisor
