// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QList>

namespace quoin::supervisor {

/// One program or library as the loader mapped it.
struct MappedObject
{
    QByteArray path; ///< As it was opened.
    quint64 base = 0;
    quint64 from = 0;
    quint64 to = 0;
};

/// All that is mapped into this process now; the program first (dl_iterate_phdr(3)).
QList<MappedObject> mappedObjects();

} // namespace quoin::supervisor
