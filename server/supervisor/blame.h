// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/workerslot.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace quoin::supervisor {

/// How a worker ended, as waitpid(2) and QProcess tell it.
struct Ending
{
    enum Kind { Unknown, Exit, Signal };

    Kind kind = Unknown;
    int number = 0; ///< The exit code, or the signal.
};

/// Who ended a worker, as far as can be told.
struct Verdict
{
    enum How {
        Unknown,  ///< Nobody is blamed: module is empty.
        Address,  ///< The faulting instruction is the plugin's.
        Stack,    ///< The fault is elsewhere, and the plugin's is the innermost of the plugins' frames.
        Crumb,    ///< The thread, or the only one inside a plugin, said it was in this one.
        Watchdog, ///< It blocked or overran, and was ended for it.
    };

    QString module; ///< The plugin's id.
    QByteArray sha256;
    How how = Unknown;
    QString what;      ///< "SIGSEGV at 0x0 in a handler on the pool (request 17)"
    QStringList stack; ///< Innermost first: "org.acme.orders.so+0x1a2b", "libQt6Core.so.6+0x2c3d".
};

/// Judges a worker that is gone, by what it left in its slot: to be called before the slot is cleared. Without a report
/// nobody is blamed for SIGKILL, SIGTERM and their like, which come from outside (a person, the kernel short of
/// memory); for other endings the one plugin is blamed that a thread was in, if there is only one.
Verdict blame(const WorkerSlot &slot, const Ending &ending = {});

} // namespace quoin::supervisor
