// SPDX-License-Identifier: GPL-3.0-only
#include "mapping.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

constexpr std::uintptr_t pageSize = 4096;
AddressRange s_fenced;

struct Search
{
    QByteArray path;
    AddressRange found;
};

int look(dl_phdr_info *info, size_t, void *data)
{
    auto *search = static_cast<Search *>(data);
    if (search->path != info->dlpi_name)
        return 0;
    AddressRange range{UINTPTR_MAX, 0};
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const auto &segment = info->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD)
            continue;
        range.begin = std::min<std::uintptr_t>(range.begin, info->dlpi_addr + segment.p_vaddr);
        range.end = std::max<std::uintptr_t>(range.end, info->dlpi_addr + segment.p_vaddr + segment.p_memsz);
    }
    search->found = {range.begin & ~(pageSize - 1), (range.end + pageSize - 1) & ~(pageSize - 1)};
    return 1;
}

/// Only what a signal handler may call.
void say(const char *line) { [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, line, std::strlen(line)); }

void onFault(int, siginfo_t *info, void *)
{
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    say(s_fenced.contains(address) ? "fault where the library was\n" : "fault elsewhere\n");
    // SA_RESETHAND: what faulted faults again, and then the process ends.
}

} // namespace

AddressRange rangeOf(const QString &library)
{
    Search search{QFile::encodeName(QFileInfo(library).canonicalFilePath()), {}};
    ::dl_iterate_phdr(look, &search);
    return search.found;
}

bool isMapped(const QString &library)
{
    QFile maps(QString::fromLatin1("/proc/self/maps"));
    if (!maps.open(QIODevice::ReadOnly))
        qFatal("/proc/self/maps cannot be read");
    return maps.readAll().contains(QFile::encodeName(QFileInfo(library).canonicalFilePath()) + '\n');
}

bool fence(const AddressRange &range)
{
    void *const wanted = reinterpret_cast<void *>(range.begin);
    return ::mmap(wanted, range.end - range.begin, PROT_NONE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0)
        == wanted;
}

void tellOfFaults(const AddressRange &range)
{
    s_fenced = range;
    struct sigaction action = {};
    action.sa_sigaction = onFault;
    action.sa_flags = SA_SIGINFO | int(SA_RESETHAND);
    for (const int signal : {SIGSEGV, SIGBUS})
        ::sigaction(signal, &action, nullptr);
}
