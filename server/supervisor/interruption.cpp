// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/interruption.h"

#include <algorithm>
#include <cerrno>
#include <execinfo.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

namespace quoin::supervisor {

namespace {

// The only lines that know the processor.
#if defined(__x86_64__)
auto &pcOf(ucontext_t &context) { return context.uc_mcontext.gregs[REG_RIP]; }
auto &spOf(ucontext_t &context) { return context.uc_mcontext.gregs[REG_RSP]; }
#elif defined(__aarch64__)
auto &pcOf(ucontext_t &context) { return context.uc_mcontext.pc; }
auto &spOf(ucontext_t &context) { return context.uc_mcontext.sp; }
#else
#    error "Say here where the program counter and the stack pointer are in ucontext_t."
#endif

ucontext_t &asContext(void *context) { return *static_cast<ucontext_t *>(context); }

/// Reads one word of our own memory that may not be there: then the kernel says EFAULT instead of faulting.
bool readWord(quint64 address, quint64 *word)
{
    iovec to = {word, sizeof *word};
    // The address came from a register, so nothing is lost to the optimizer. NOLINTNEXTLINE(performance-no-int-to-ptr)
    iovec from = {reinterpret_cast<void *>(address), sizeof *word};
    return ::process_vm_readv(::getpid(), &to, 1, &from, 1, 0) == ssize_t(sizeof *word);
}

/// Unwinders look at the bytes there, and would fault themselves (libgcc does, in search of a signal's trampoline).
/// Where the kernel does not let us ask (seccomp), the answer is no.
bool isNoMemory(quint64 address)
{
    quint64 word = 0;
    return !readWord(address, &word) && errno == EFAULT;
}

/// The frames beyond the handler's own; their number.
int framesBeyond(const void *handlerReturnsTo, quint64 *frames, int most)
{
    constexpr int ofHandler = 8;
    constexpr int room = 128;
    void *all[room];
    const int count = ::backtrace(all, std::min(room, most + ofHandler));
    void **end = all + count;
    void **first = std::find(all, end, handlerReturnsTo);
    first = first == end ? all : first + 1;
    const auto found = std::min<std::ptrdiff_t>(end - first, most);
    std::transform(first, first + found, frames, [](void *frame) { return reinterpret_cast<quint64>(frame); });
    return int(found);
}

} // namespace

Interruption::Interruption(void *context)
    : m_context(context)
{
}

quint64 Interruption::pc() const { return quint64(pcOf(asContext(m_context))); }

quint64 Interruption::sp() const { return quint64(spOf(asContext(m_context))); }

/// A call of a null (or wild) pointer has left its callers' frames as they were: one step back and they can be unwound.
bool Interruption::pretendToHaveReturned() const
{
    ucontext_t &context = asContext(m_context);
#if defined(__x86_64__)
    quint64 returnsTo = 0;
    if (!readWord(sp(), &returnsTo))
        return false;
    pcOf(context) = greg_t(returnsTo);
    spOf(context) += greg_t(sizeof returnsTo);
#else
    pcOf(context) = context.uc_mcontext.regs[30]; // the link register
#endif
    return true;
}

int Interruption::callers(quint64 *frames, int most, const void *handlerReturnsTo) const
{
    frames[0] = pc();
    if (!isNoMemory(pc()))
        return std::max(1, framesBeyond(handlerReturnsTo, frames, most));

    // No code is there to be unwound, but its caller is. The unwinder reads the registers from this very context (the
    // DWARF program of the signal's frame says so) and can be told another place; the context must be as it was for the
    // fault to happen again.
    ucontext_t &context = asContext(m_context);
    const auto pcBefore = pcOf(context);
    const auto spBefore = spOf(context);
    int count = 1;
    if (pretendToHaveReturned() && !isNoMemory(pc()))
        count += framesBeyond(handlerReturnsTo, frames + 1, most - 1);
    pcOf(context) = pcBefore;
    spOf(context) = spBefore;
    return count;
}

} // namespace quoin::supervisor
