// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/interruption.h"

#include <algorithm>
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

/// Reads one word of our own memory that may not be there; the kernel says so instead of faulting.
[[maybe_unused]] bool readWord(quint64 address, quint64 *word)
{
    iovec to = {word, sizeof *word};
    iovec from = {reinterpret_cast<void *>(address), sizeof *word};
    return ::process_vm_readv(::getpid(), &to, 1, &from, 1, 0) == ssize_t(sizeof *word);
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
    int count = framesBeyond(handlerReturnsTo, frames, most);
    if (count > 1)
        return count;

    // The unwinder knows no code there. It reads the registers from this very context (its DWARF program for the signal
    // frame says so), so that it can be told another place; the context must be as it was for the fault to happen
    // again.
    frames[0] = pc();
    ucontext_t &context = asContext(m_context);
    const auto pcBefore = pcOf(context);
    const auto spBefore = spOf(context);
    if (pretendToHaveReturned())
        count = 1 + framesBeyond(handlerReturnsTo, frames + 1, most - 1);
    pcOf(context) = pcBefore;
    spOf(context) = spBefore;
    return std::max(count, 1);
}

} // namespace quoin::supervisor
