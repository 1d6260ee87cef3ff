// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/workerslot.h"

#include <QList>
#include <QString>

namespace quoin::supervisor {

/// A copy of a crash report, so that what is judged does not change meanwhile. A value, in bounds whatever was there.
struct LastWords
{
    explicit LastWords(const CrashReport &report);

    /// Whether an instruction failed; otherwise the signal was sent.
    bool isFault() const { return code > 0; }
    bool isStackOverflow() const;
    /// "SIGSEGV at 0x0"
    QString what() const;

    qint32 thread;
    qint32 signal;
    qint32 code;
    qint32 sender;
    quint64 address;
    quint64 sp;
    QList<quint64> frames; ///< At least pc.
};

/// "SIGSEGV"
QString signalName(int signal);
/// "0x1a2b"
QString hexadecimal(quint64 number);

} // namespace quoin::supervisor
