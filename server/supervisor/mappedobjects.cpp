// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/mappedobjects.h"

#include <algorithm>
#include <climits>
#include <link.h>
#include <unistd.h>

namespace quoin::supervisor {

namespace {

/// The loader leaves the program itself without a name.
QByteArray programPath()
{
    char path[PATH_MAX];
    const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
    return length > 0 ? QByteArray(path, length) : QByteArrayLiteral("the program");
}

int append(dl_phdr_info *info, std::size_t, void *list)
{
    MappedObject object = {info->dlpi_name, info->dlpi_addr, ~quint64(0), 0};
    for (int index = 0; index < info->dlpi_phnum; ++index) {
        const auto &segment = info->dlpi_phdr[index];
        if (segment.p_type != PT_LOAD)
            continue;
        object.from = std::min<quint64>(object.from, object.base + segment.p_vaddr);
        object.to = std::max<quint64>(object.to, object.base + segment.p_vaddr + segment.p_memsz);
    }
    if (object.from < object.to)
        static_cast<QList<MappedObject> *>(list)->append(object);
    return 0;
}

} // namespace

QList<MappedObject> mappedObjects()
{
    QList<MappedObject> objects;
    dl_iterate_phdr(append, &objects);
    for (MappedObject &object : objects) {
        if (object.path.isEmpty())
            object.path = programPath();
    }
    return objects;
}

} // namespace quoin::supervisor
