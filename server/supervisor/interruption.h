// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

namespace quoin::supervisor {

/// Where a thread was when a signal interrupted it. For signal handlers: async-signal-safe once backtrace(3) has been
/// called before.
class Interruption
{
public:
    /// context: the third argument of the handler.
    explicit Interruption(void *context);

    quint64 pc() const;
    quint64 sp() const;

    /// The addresses of the code that was interrupted, innermost (pc) first, then where each caller goes on. Their
    /// number, 1 to most. handlerReturnsTo: __builtin_return_address(0) of the handler, which tells its frames from the
    /// rest.
    int callers(quint64 *frames, int most, const void *handlerReturnsTo) const;

private:
    bool pretendToHaveReturned() const;

    void *m_context;
};

} // namespace quoin::supervisor
