// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/hostmemory.h"

#include <QString>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace quoin::supervisor {

/// The first page says what the rest is: a worker may be of another version than its supervisor, when the program was
/// replaced on disk while it ran.
struct HostMemory::Layout
{
    static constexpr quint64 currentVersion = 0x51'75'6f'69'6e'00'00'03; // "Quoin" and a number to count up

    alignas(4096) std::atomic<quint64> version;
    std::atomic<quint64> slotSize;
    HostBoard board;
    alignas(4096) LogRing log;
    WorkerSlot slots[HostMemory::slots];
};

namespace {

Error systemError(const QString &what)
{
    return Error::unavailable(u"The memory shared by the processes cannot be %1: %2."_s.arg(
        what, QString::fromLocal8Bit(std::strerror(errno))));
}

} // namespace

void HostMemory::Unmap::operator()(Layout *layout) const { ::munmap(layout, sizeof(Layout)); }

HostMemory::HostMemory(FileDescriptor descriptor, Layout *layout)
    : m_descriptor(std::move(descriptor))
    , m_layout(layout)
{
}

Result<HostMemory> HostMemory::map(FileDescriptor descriptor)
{
    void *memory = ::mmap(nullptr, sizeof(Layout), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.get(), 0);
    if (memory == MAP_FAILED)
        return systemError(u"mapped"_s);
    return HostMemory(std::move(descriptor), static_cast<Layout *>(memory));
}

Result<HostMemory> HostMemory::create()
{
    FileDescriptor descriptor(::memfd_create("quoin-host", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!descriptor.isOpen())
        return systemError(u"made"_s);
    if (::ftruncate(descriptor.get(), sizeof(Layout)) != 0)
        return systemError(u"sized"_s);
    // A file that shrinks under a mapping is a SIGBUS for everybody (memfd_create(2)).
    if (::fcntl(descriptor.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return systemError(u"sealed"_s);
    auto memory = map(std::move(descriptor));
    if (memory) {
        memory->m_layout->slotSize = sizeof(WorkerSlot);
        memory->m_layout->version = Layout::currentVersion;
    }
    return memory;
}

Result<HostMemory> HostMemory::adopt(int descriptor)
{
    FileDescriptor owned(descriptor);
    struct stat status = {};
    if (::fstat(owned.get(), &status) != 0)
        return systemError(u"inherited"_s);
    const int seals = ::fcntl(owned.get(), F_GET_SEALS);
    const Error stranger = Error::invalid(
        u"Descriptor %1 is not the memory of a supervisor of this version. Was the program replaced while "
        "it runs? Then restart it."_s.arg(owned.get()));
    if (!S_ISREG(status.st_mode) || quint64(status.st_size) != sizeof(Layout) || seals < 0
        || (seals & F_SEAL_SHRINK) == 0)
        return stranger;
    auto memory = map(std::move(owned));
    if (memory
        && (memory->m_layout->version != Layout::currentVersion || memory->m_layout->slotSize != sizeof(WorkerSlot)))
        return stranger;
    if (memory && ::mprotect(&memory->m_layout->board, sizeof(HostBoard), PROT_READ) != 0)
        return systemError(u"protected"_s);
    return memory;
}

HostBoard &HostMemory::board() const { return m_layout->board; }

LogRing &HostMemory::log() const { return m_layout->log; }

WorkerSlot &HostMemory::slot(int index) const
{
    Q_ASSERT(index >= 0 && index < slots);
    return m_layout->slots[index];
}

void HostMemory::clear(int index)
{
    WorkerSlot *slot = &this->slot(index);
    // Takes the pages out of the file: whoever looks next, in any process, finds zeros.
    if (::madvise(slot, sizeof(WorkerSlot), MADV_REMOVE) != 0)
        std::memset(static_cast<void *>(slot), 0, sizeof(WorkerSlot));
}

} // namespace quoin::supervisor
