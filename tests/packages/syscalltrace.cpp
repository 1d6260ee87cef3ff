// SPDX-License-Identifier: GPL-3.0-only
#include "syscalltrace.h"

#include <csignal>
#include <optional>

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

std::optional<FileCall::Kind> kindOf(quint64 number)
{
    using enum FileCall::Kind;
    switch (number) {
    case SYS_openat:
        return Open;
    case SYS_write:
        return Write;
    case SYS_fsync:
    case SYS_fdatasync:
        return Sync;
    case SYS_syncfs:
        return SyncAll;
    case SYS_pread64:
        return Read;
#ifdef SYS_rename
    case SYS_rename:
#endif
#ifdef SYS_renameat
    case SYS_renameat:
#endif
    case SYS_renameat2:
        return Rename;
    case SYS_unlinkat:
        return Unlink;
    default:
        return std::nullopt;
    }
}

/// The call the process is about to make; nothing at its return.
std::optional<FileCall> callAt(pid_t process)
{
    __ptrace_syscall_info info{}; // glibc's name; the kernel's header cannot be had beside it
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, process, sizeof info, &info) <= 0 || info.op != PTRACE_SYSCALL_INFO_ENTRY)
        return std::nullopt;
    const auto kind = kindOf(info.entry.nr);
    if (!kind)
        return std::nullopt;
    return FileCall{*kind, static_cast<int>(info.entry.args[0])};
}

/// What stops a thread for us, because it is new or has made one, is none of its own signals.
long passedOn(int signal) { return signal == SIGTRAP || signal == SIGSTOP ? 0 : signal; }

} // namespace

QList<FileCall> traceFileCalls(const std::function<bool()> &work, int killBefore, bool *success)
{
    *success = false;
    const pid_t child = ::fork();
    if (child == 0) {
        if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0)
            ::_exit(2);
        ::raise(SIGSTOP);
        ::_exit(work() ? 0 : 1);
    }
    QList<FileCall> calls;
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFSTOPPED(status))
        return {};
    ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL);
    ::ptrace(PTRACE_SYSCALL, child, nullptr, 0);
    for (;;) {
        const pid_t thread = ::waitpid(-1, &status, __WALL); // any of its threads: it is our only child
        if (thread == child && !WIFSTOPPED(status))
            break;
        if (!WIFSTOPPED(status)) // one of its threads has ended
            continue;
        const bool isCall = WSTOPSIG(status) == (SIGTRAP | 0x80);
        if (const auto call = isCall ? callAt(thread) : std::nullopt) {
            if (calls.size() == killBefore)
                ::kill(child, SIGKILL); // before the call is made
            else
                calls += *call;
        }
        ::ptrace(PTRACE_SYSCALL, thread, nullptr, isCall ? 0 : passedOn(WSTOPSIG(status)));
    }
    *success = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return calls;
}
