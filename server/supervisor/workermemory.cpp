// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/workermemory.h"

#include "supervisor/loopwatch.h"
#include "supervisor/mappedobjects.h"
#include "supervisor/threadplace.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cstring>
#include <span>
#include <unistd.h>

namespace quoin::supervisor {

namespace {

constexpr qsizetype rawDigestSize = 32; // bytes of a SHA-256

/// As much as has room, and a zero; the memory was zero before.
void copyText(char *to, qsizetype most, const QByteArray &text)
{
    std::memcpy(to, text.constData(), static_cast<std::size_t>(std::min(most, text.size())));
}

int add(WorkerSlot &slot, const QByteArray &name, const QByteArray &sha256, bool isPlugin)
{
    const quint32 index = slot.moduleCount.load(std::memory_order_relaxed);
    if (index >= WorkerSlot::mostModules)
        return -1;
    ModuleEntry &entry = slot.modules[index];
    copyText(entry.name, ModuleEntry::longestName, name);
    copyText(entry.sha256, sizeof entry.sha256 - 1, sha256);
    entry.isPlugin.store(isPlugin ? 1 : 0, std::memory_order_relaxed);
    slot.moduleCount.store(index + 1, std::memory_order_release);
    return int(index);
}

void locate(ModuleEntry &entry, const MappedObject &object)
{
    entry.base.store(object.base, std::memory_order_relaxed);
    entry.from.store(object.from, std::memory_order_relaxed);
    entry.to.store(object.to, std::memory_order_release);
}

bool isKnown(const WorkerSlot &slot, const MappedObject &object)
{
    const std::span entries(slot.modules, slot.moduleCount.load(std::memory_order_relaxed));
    return std::any_of(entries.begin(), entries.end(),
                       [&](const ModuleEntry &entry) { return entry.from == object.from; });
}

} // namespace

WorkerMemory::WorkerMemory(WorkerSlot &slot)
    : m_slot(slot)
{
    m_slot.pid = ::getpid();
    setCrumbSlot(&m_slot);
}

WorkerMemory::~WorkerMemory()
{
    m_loop.reset();
    setCrumbSlot(nullptr);
}

int WorkerMemory::addModule(const QString &id, const QByteArray &sha256)
{
    return add(m_slot, id.toUtf8(), sha256.size() == rawDigestSize ? sha256.toHex() : sha256, true);
}

bool WorkerMemory::locateModule(int index, const QString &path)
{
    if (index < 0 || quint32(index) >= m_slot.moduleCount)
        return false;
    const QByteArray asOpened = QFile::encodeName(path);
    const QString canonical = QFileInfo(path).canonicalFilePath();
    for (const MappedObject &object : mappedObjects()) {
        if (object.path == asOpened
            || (!canonical.isEmpty() && QFileInfo(QFile::decodeName(object.path)).canonicalFilePath() == canonical)) {
            locate(m_slot.modules[index], object);
            return true;
        }
    }
    return false;
}

void WorkerMemory::locateEverythingElse()
{
    for (const MappedObject &object : mappedObjects()) {
        if (isKnown(m_slot, object))
            continue;
        const int index = add(m_slot, object.path.mid(object.path.lastIndexOf('/') + 1), {}, false);
        if (index < 0)
            return;
        locate(m_slot.modules[index], object);
    }
}

void WorkerMemory::beat() { m_slot.beat.store(coarseMonotonicMilliseconds(), std::memory_order_release); }

void WorkerMemory::rest() { m_slot.beat.store(WorkerSlot::resting, std::memory_order_release); }

void WorkerMemory::follow(QAbstractEventDispatcher *dispatcher)
{
    m_loop = std::make_unique<LoopWatch>(m_slot, dispatcher);
}

} // namespace quoin::supervisor
