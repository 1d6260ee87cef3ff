// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/signalstack.h"

#include <algorithm>
#include <csignal>
#include <sys/mman.h>
#include <unistd.h>

namespace quoin::supervisor {

namespace {

/// Room for the kernel's frame (its size depends on the processor's registers, hence sysconf) and an unwinder.
std::size_t neededSize()
{
    constexpr long forUnwinder = 64 * 1024;
    return static_cast<std::size_t>(std::max(0L, ::sysconf(_SC_MINSIGSTKSZ)) + forUnwinder) / 4096 * 4096;
}

} // namespace

SignalStack::SignalStack()
{
    stack_t present = {};
    if (::sigaltstack(nullptr, &present) != 0 || (present.ss_flags & SS_DISABLE) == 0)
        return;
    const auto guard = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t size = guard + neededSize();
    void *mapping = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (mapping == MAP_FAILED)
        return;
    ::mprotect(mapping, guard, PROT_NONE);
    stack_t stack = {};
    stack.ss_sp = static_cast<char *>(mapping) + guard;
    stack.ss_size = size - guard;
    if (::sigaltstack(&stack, nullptr) != 0) {
        ::munmap(mapping, size);
        return;
    }
    m_mapping = mapping;
    m_size = size;
}

SignalStack::~SignalStack()
{
    if (!m_mapping)
        return;
    stack_t none = {};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
    ::munmap(m_mapping, m_size);
}

} // namespace quoin::supervisor
