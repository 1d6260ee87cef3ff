// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

#include <cstddef>

namespace quoin::supervisor {

/// A stack on which the thread that makes it runs its signal handlers (sigaltstack(2)), so that they can run when its
/// own is used up. Untouched, it costs addresses only. Does nothing if the thread has one already, as under a
/// sanitizer. Made and destroyed by the same thread.
class SignalStack
{
public:
    SignalStack();
    ~SignalStack();
    Q_DISABLE_COPY_MOVE(SignalStack)

private:
    void *m_mapping = nullptr;
    std::size_t m_size = 0;
};

} // namespace quoin::supervisor
