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
    ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    for (long signal = 0;;) {
        ::ptrace(PTRACE_SYSCALL, child, nullptr, signal);
        ::waitpid(child, &status, 0);
        if (!WIFSTOPPED(status))
            break;
        const bool isCall = WSTOPSIG(status) == (SIGTRAP | 0x80);
        signal = isCall ? 0 : WSTOPSIG(status);
        const auto call = isCall ? callAt(child) : std::nullopt;
        if (!call)
            continue;
        if (calls.size() == killBefore) {
            ::kill(child, SIGKILL);
            ::waitpid(child, &status, 0);
            break;
        }
        calls += *call;
    }
    *success = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return calls;
}
