// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/slotview.h"

#include <algorithm>
#include <cstring>

using namespace Qt::StringLiterals;

namespace quoin::supervisor {

namespace {

std::optional<LiveCrumb> read(const ThreadCrumb &crumb)
{
    constexpr auto acquire = std::memory_order_acquire;
    const quint32 before = crumb.sequence.load(acquire);
    const LiveCrumb live = {crumb.thread.load(acquire),          crumb.module.load(acquire) - 1,
                            CrumbKind(crumb.kind.load(acquire)), crumb.since.load(acquire),
                            crumb.deadline.load(acquire),        crumb.number.load(acquire)};
    if (live.thread == 0 || live.module < 0 || before % 2 != 0 || crumb.sequence.load(acquire) != before)
        return std::nullopt;
    return live;
}

/// For logs and files: what a text has no business to hold becomes '?'.
QString readText(const char *text, std::size_t most)
{
    QString read = QString::fromUtf8(text, qsizetype(::strnlen(text, most)));
    for (QChar &character : read) {
        if (!character.isPrint())
            character = u'?';
    }
    return read;
}

MappedModule read(const ModuleEntry &entry)
{
    MappedModule module;
    module.name = readText(entry.name, sizeof entry.name);
    module.sha256 = readText(entry.sha256, sizeof entry.sha256).toLatin1();
    module.isPlugin = entry.isPlugin != 0;
    module.to = entry.to.load(std::memory_order_acquire);
    module.from = entry.from.load(std::memory_order_relaxed);
    module.base = entry.base.load(std::memory_order_relaxed);
    return module;
}

int moduleCount(const WorkerSlot &slot)
{
    return int(std::min<quint32>(slot.moduleCount.load(std::memory_order_acquire), WorkerSlot::mostModules));
}

} // namespace

QVarLengthArray<LiveCrumb, 16> liveCrumbs(const WorkerSlot &slot)
{
    QVarLengthArray<LiveCrumb, 16> live;
    const auto seen = std::min<quint32>(slot.threadsSeen.load(std::memory_order_acquire), WorkerSlot::mostThreads);
    for (quint32 index = 0; index < seen; ++index) {
        if (const auto crumb = read(slot.crumbs[index]))
            live.append(*crumb);
    }
    return live;
}

std::optional<MappedModule> pluginAt(const WorkerSlot &slot, int index)
{
    if (index < 0 || index >= moduleCount(slot) || slot.modules[index].isPlugin == 0)
        return std::nullopt;
    return read(slot.modules[index]);
}

QList<MappedModule> modules(const WorkerSlot &slot)
{
    QList<MappedModule> list;
    for (int index = 0; index < moduleCount(slot); ++index)
        list.append(read(slot.modules[index]));
    return list;
}

QString placeText(const LiveCrumb &crumb)
{
    const auto numbered = [&crumb](const QString &place, const QString &what) {
        return crumb.number == 0 ? place : u"%1 (%2 %3)"_s.arg(place, what).arg(crumb.number);
    };
    switch (crumb.kind) {
    case CrumbKind::Loop:
        return numbered(u"a handler on the event loop"_s, u"request"_s);
    case CrumbKind::Pool:
        return numbered(u"a handler on the pool"_s, u"request"_s);
    case CrumbKind::Task:
        return numbered(u"a task"_s, u"id"_s);
    case CrumbKind::Start:
        break;
    }
    return u"its loading, starting or stopping"_s;
}

} // namespace quoin::supervisor
