// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QList>

#include <functional>

/// A call of the kernel that concerns files.
struct FileCall
{
    enum class Kind { Open, Write, Sync, SyncAll, Read, Rename, Unlink };
    Kind kind;
    int descriptor = -1; ///< Its first argument.
};

/// Runs work in a process of its own, the only child of this one, and watches the file calls of all its threads
/// (ptrace(2)). With killBefore, kills it (SIGKILL) when
/// it is about to make the call of that index. Returns the calls that were made; success is set to whether work ended
/// with true. Empty if this machine allows no watching.
QList<FileCall> traceFileCalls(const std::function<bool()> &work, int killBefore, bool *success);
