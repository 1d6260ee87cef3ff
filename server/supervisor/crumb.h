// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/workerslot.h"

#include <chrono>

namespace quoin::supervisor {

/// Says, for as long as it lives, that its thread is in a plugin; some ten nanoseconds. Crumbs nest. Where there is no
/// WorkerMemory (serve --single), no free crumb or no plugin (module -1), it does nothing. A thread takes a crumb, and
/// with it a stack for its signal handler, at its first Crumb and gives them back when it ends. Any thread.
class Crumb
{
public:
    /// module: WorkerMemory::addModule(). limit: how long this may take at most, 0 for no matter how long.
    Crumb(int module, CrumbKind kind, std::chrono::milliseconds limit = {}, quint64 number = 0);
    ~Crumb();
    Q_DISABLE_COPY_MOVE(Crumb)

private:
    struct Trace
    {
        qint32 module = 0;
        qint32 kind = 0;
        qint64 since = 0;
        qint64 deadline = 0;
        quint64 number = 0;
    };
    static Trace read(const ThreadCrumb &crumb);
    static void write(ThreadCrumb &crumb, const Trace &trace);

    ThreadCrumb *m_crumb = nullptr;
    Trace m_outer;
};

} // namespace quoin::supervisor
