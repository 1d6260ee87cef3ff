// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "posix/filedescriptor.h"
#include "supervisor/hostboard.h"
#include "supervisor/logring.h"
#include "supervisor/workerslot.h"

#include <quoin/result.h>

#include <memory>

namespace quoin::supervisor {

/// The memory that the supervisor and its workers share: a slot for each worker, the board on which the supervisor
/// tells what the host does, and the latest lines of the log. Anonymous (memfd_create(2)), it needs no name and no
/// cleaning up, and what nobody wrote to costs nothing. A movable value that owns descriptor and mapping.
class HostMemory
{
public:
    static constexpr int slots = 64;

    /// New, zeroed, close-on-exec; nobody can change its size, so that no worker can make the supervisor fault.
    static Result<HostMemory> create();
    /// The same memory in a worker. Owns descriptor from now on, also on error: Invalid if that is not the host memory
    /// of this very version of the program.
    static Result<HostMemory> adopt(int descriptor);

    int descriptor() const { return m_descriptor.get(); }
    /// 0 <= index < slots.
    WorkerSlot &slot(int index) const;
    /// Written by the supervisor; in a worker it can only be read.
    HostBoard &board() const;
    LogRing &log() const;
    /// Zeroes a slot whose worker is gone, and gives its memory back.
    void clear(int index);

private:
    struct Layout;
    struct Unmap
    {
        void operator()(Layout *layout) const;
    };

    HostMemory(FileDescriptor descriptor, Layout *layout);
    static Result<HostMemory> map(FileDescriptor descriptor);

    FileDescriptor m_descriptor;
    std::unique_ptr<Layout, Unmap> m_layout;
};

} // namespace quoin::supervisor
