// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/crashhandler.h"

#include "supervisor/interruption.h"
#include "supervisor/signalstack.h"
#include "supervisor/threadplace.h"

#include <algorithm>
#include <csignal>
#include <execinfo.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace quoin::supervisor {

namespace {

constexpr int fatalSignals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE};

WorkerSlot *s_slot = nullptr;

bool wasSent(const siginfo_t &info) { return info.si_code <= 0; }

/// Dies as it would have without us: a fault happens again, a signal is sent again.
void dieOf(const siginfo_t &info)
{
    struct sigaction byDefault = {};
    byDefault.sa_handler = SIG_DFL;
    ::sigaction(info.si_signo, &byDefault, nullptr);
    if (wasSent(info) || (info.si_signo == SIGBUS && info.si_code == BUS_MCEERR_AO))
        ::syscall(SYS_tgkill, ::getpid(), ::gettid(), info.si_signo);
}

void tell(CrashReport &report, const siginfo_t &info, const Interruption &interruption)
{
    report.thread = ::gettid();
    report.signal = info.si_signo;
    report.code = info.si_code;
    report.sender = wasSent(info) ? info.si_pid : 0;
    report.address = wasSent(info) ? 0 : reinterpret_cast<quint64>(info.si_addr);
    report.pc = interruption.pc();
    report.sp = interruption.sp();
    report.at = monotonicMilliseconds();
    report.state = CrashReport::Told;
}

void tellFrames(CrashReport &report, Interruption &interruption, const void *handlerReturnsTo)
{
    quint64 frames[CrashReport::mostFrames];
    const int count = interruption.callers(frames, CrashReport::mostFrames, handlerReturnsTo);
    std::copy_n(frames, count, report.frames);
    report.frameCount = count;
    report.state = CrashReport::Complete;
}

/// Everything here must be async-signal-safe (signal-safety(7)): system calls, atomics, and an unwinder that has been
/// warmed up. What can be told surely is told first.
void onFatalSignal(int, siginfo_t *info, void *context)
{
    // Not after the end of WorkerMemory, when the slot may be gone, and not in a child that was forked off.
    if (crumbSlot() != s_slot || s_slot->pid.load() != ::getpid()) {
        dieOf(*info);
        return;
    }
    CrashReport &report = s_slot->crash;
    qint32 none = CrashReport::None;
    if (!report.state.compare_exchange_strong(none, CrashReport::Begun)) {
        for (;;) // another thread crashed first and is about to end us all
            ::pause();
    }
    Interruption interruption(context);
    tell(report, *info, interruption);
    tellFrames(report, interruption, __builtin_return_address(0));
    dieOf(*info);
}

} // namespace

void installCrashHandler(WorkerSlot &slot)
{
    // For as long as the process lives. Volatile, or the compiler forgets the pointer, and a leak is reported.
    [[maybe_unused]] static const SignalStack *volatile ofThisThread = new SignalStack;
    s_slot = &slot;
    void *frames[4];
    ::backtrace(frames, 4); // the first call loads libgcc_s, which no signal handler may do (backtrace(3))

    struct sigaction action = {};
    action.sa_sigaction = onFatalSignal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    for (const int signal : fatalSignals)
        sigaddset(&action.sa_mask, signal);
    for (const int signal : fatalSignals)
        ::sigaction(signal, &action, nullptr);
}

} // namespace quoin::supervisor
