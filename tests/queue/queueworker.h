// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QProcess>

#include <chrono>

/// A task worker in a process of its own, which is this test's program started again: "tst_x --worker URL JOURNAL
/// LEASE". It runs the task t.work(number): notes "begin <id> <attempt>" in the journal file, stores the number as its
/// result, and notes "end ...". Killed (SIGKILL) when this object ends.
class QueueWorker
{
public:
    QueueWorker(const QString &url, const QString &journal, std::chrono::milliseconds lease);
    ~QueueWorker();

    void kill();
    /// Stops (SIGSTOP) whatever it does, as a machine does that swaps or is moved; it keeps its connections.
    void stall();
    void goOn();

    /// For main(): whether this process is to be a worker; then what main() is to return.
    static bool isWanted(int argc, char **argv);
    static int run(int argc, char **argv);

private:
    QProcess m_process;
};
