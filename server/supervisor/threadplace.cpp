// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/threadplace.h"

#include "supervisor/signalstack.h"

#include <optional>
#include <unistd.h>

namespace quoin::supervisor {

namespace {

constinit std::atomic<WorkerSlot *> s_slot = nullptr;
constinit std::atomic<quint32> s_epoch = 0; ///< Counts the slots there were: two may have had one address.

// Plain values, because the way in must be short, and because other destructors of the thread may still lay crumbs.
constinit thread_local quint32 t_epoch = 0;
constinit thread_local ThreadCrumb *t_crumb = nullptr;
constinit thread_local bool t_isEnding = false;

bool ownsValidCrumb() { return t_crumb && t_epoch == s_epoch.load(std::memory_order_acquire); }

void giveBack()
{
    if (ownsValidCrumb()) { // otherwise the memory may be gone
        t_crumb->module.store(0, std::memory_order_release);
        t_crumb->thread.store(0, std::memory_order_release);
    }
    t_crumb = nullptr;
}

struct ThreadPlace
{
    std::optional<SignalStack> stack;

    ~ThreadPlace()
    {
        t_isEnding = true;
        // A thread does not end inside a plugin; a process does, when the plugin calls exit(). Then the crumb tells
        // who.
        if (ownsValidCrumb() && t_crumb->module.load(std::memory_order_relaxed) == 0)
            giveBack();
    }
};
thread_local ThreadPlace t_place;

void raiseTo(std::atomic<quint32> &highest, quint32 value)
{
    quint32 present = highest.load(std::memory_order_relaxed);
    while (present < value && !highest.compare_exchange_weak(present, value, std::memory_order_release)) { }
}

ThreadCrumb *take(WorkerSlot &slot)
{
    const qint32 thread = ::gettid();
    for (quint32 index = 0; index < WorkerSlot::mostThreads; ++index) {
        ThreadCrumb &crumb = slot.crumbs[index];
        qint32 nobody = 0;
        if (crumb.thread.load(std::memory_order_relaxed) != 0
            || !crumb.thread.compare_exchange_strong(nobody, thread, std::memory_order_acq_rel))
            continue;
        raiseTo(slot.threadsSeen, index + 1);
        return &crumb;
    }
    slot.unmarked.fetch_add(1, std::memory_order_relaxed);
    return nullptr;
}

ThreadCrumb *settle()
{
    WorkerSlot *slot = crumbSlot();
    if (t_isEnding || !slot)
        return nullptr;
    t_epoch = s_epoch.load(std::memory_order_acquire);
    if (!t_place.stack)
        t_place.stack.emplace();
    t_crumb = take(*slot);
    return t_crumb;
}

} // namespace

void setCrumbSlot(WorkerSlot *slot)
{
    s_epoch.fetch_add(1, std::memory_order_acq_rel);
    s_slot.store(slot, std::memory_order_release);
}

WorkerSlot *crumbSlot() { return s_slot.load(std::memory_order_acquire); }

ThreadCrumb *crumbOfThisThread()
{
    if (ownsValidCrumb()) [[likely]]
        return t_crumb;
    return settle();
}

} // namespace quoin::supervisor
