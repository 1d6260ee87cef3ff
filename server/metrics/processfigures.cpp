// SPDX-License-Identifier: GPL-3.0-only
#include "metrics/processfigures.h"

#include "posix/filedescriptor.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quoin::server {

namespace {

std::array<char, 64> pathOf(qint64 pid, const char *name)
{
    std::array<char, 64> path;
    std::snprintf(path.data(), path.size(), "/proc/%lld/%s", static_cast<long long>(pid), name);
    return path;
}

} // namespace

std::optional<quint64> residentBytes(qint64 pid)
{
    const FileDescriptor file(::open(pathOf(pid, "statm").data(), O_RDONLY | O_CLOEXEC));
    std::array<char, 256> text;
    const auto size = file.isOpen() ? ::read(file.get(), text.data(), text.size()) : -1;
    if (size <= 0)
        return std::nullopt;
    std::string_view fields(text.data(), static_cast<std::size_t>(size)); // "size resident shared ...", in pages
    fields.remove_prefix(std::min(fields.find(' '), fields.size() - 1) + 1);
    quint64 pages = 0;
    if (std::from_chars(fields.data(), fields.data() + fields.size(), pages).ec != std::errc())
        return std::nullopt;
    return pages * static_cast<quint64>(::sysconf(_SC_PAGESIZE));
}

std::optional<quint64> openDescriptors(qint64 pid)
{
    struct stat status = {};
    if (::stat(pathOf(pid, "fd").data(), &status) != 0 || status.st_size <= 0)
        return std::nullopt;
    return static_cast<quint64>(status.st_size);
}

} // namespace quoin::server
