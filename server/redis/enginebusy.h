// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/engine.h"

namespace quoin::redis {

/// A handler of the engine is on the stack, and with it the timer or the notifier that called it: nothing of these may
/// be deleted now, but only later.
class Connection::Engine::Busy
{
public:
    explicit Busy(int *depth)
        : m_depth(depth)
    {
        ++*m_depth;
    }
    ~Busy() { --*m_depth; }
    Q_DISABLE_COPY_MOVE(Busy)

private:
    int *m_depth;
};

} // namespace quoin::redis
