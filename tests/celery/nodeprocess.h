// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "nodebench.h"

#include <QProcess>

/// A node in a process of its own, which is this test's program started again. It runs t.work(number): notes "begin
/// <id> <attempt>" in the journal file, stores the number as its result, and notes "end ..."; and
/// t.sleep(milliseconds), with the same notes around a pause. Killed (SIGKILL) when this object ends.
class NodeProcess
{
public:
    /// aliveFor: after how long in silence the others take it, and it takes them, for dead.
    NodeProcess(const CeleryGround &ground, const QString &journal,
                std::chrono::milliseconds aliveFor = std::chrono::milliseconds(1500));
    ~NodeProcess();

    void kill();
    void stop();   ///< SIGSTOP
    void resume(); ///< SIGCONT
    /// Asks it to drain and waits for its end; the exit code.
    int drain();

    /// For main(): whether this process is to be a node; then what main() is to return.
    static bool isWanted(int argc, char **argv);
    static int run(int argc, char **argv);

private:
    QProcess m_process;
};
