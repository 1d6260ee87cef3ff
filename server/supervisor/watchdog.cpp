// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/watchdog.h"

#include "supervisor/slotview.h"

#include <QFile>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::supervisor {

namespace {

/// "TracerPid:\t0" in proc(5) when nobody traces it.
bool isTraced(qint32 pid)
{
    QFile status(u"/proc/%1/status"_s.arg(pid));
    if (!status.open(QIODevice::ReadOnly))
        return false;
    const QByteArray text = status.readAll();
    const QByteArray key = QByteArrayLiteral("TracerPid:");
    const qsizetype at = text.indexOf(key);
    if (at < 0)
        return false;
    const qsizetype from = at + key.size();
    return text.mid(from, text.indexOf('\n', from) - from).trimmed() != "0";
}

Stuck stuckIn(const WorkerSlot &slot, Stuck::Kind kind, const LiveCrumb &crumb)
{
    Stuck stuck = {kind, {}, {}, crumb.since, crumb.thread, crumb.number};
    if (const auto plugin = pluginAt(slot, crumb.module)) {
        stuck.module = plugin->name;
        stuck.sha256 = plugin->sha256;
    }
    return stuck;
}

class Inspection
{
public:
    Inspection(const WorkerSlot &slot, qint64 nowMs, const WatchdogLimits &limits)
        : m_slot(slot)
        , m_now(nowMs)
        , m_limits(limits)
        , m_crumbs(liveCrumbs(slot))
    {
    }

    std::optional<Stuck> worst() const
    {
        for (const auto &found :
             {crash(), blockedLoop(), overdue(CrumbKind::Start, Stuck::Kind::Start),
              overdue(CrumbKind::Pool, Stuck::Kind::Pool), overdue(CrumbKind::Task, Stuck::Kind::Task)}) {
            if (found)
                return found;
        }
        return std::nullopt;
    }

private:
    bool isOlder(qint64 since, std::chrono::milliseconds limit) const
    {
        return since > 0 && m_now - since > limit.count();
    }

    std::optional<Stuck> crash() const
    {
        const CrashReport &report = m_slot.crash;
        if (report.state == CrashReport::None || !isOlder(report.at, m_limits.crash))
            return std::nullopt;
        LiveCrumb crumb = crumbOf(report.thread);
        crumb.since = report.at;
        return stuckIn(m_slot, Stuck::Kind::Crash, crumb);
    }

    /// A turn that lasts too long, whoever makes it; or a handler in a nested event loop, which keeps the beat going.
    std::optional<Stuck> blockedLoop() const
    {
        for (const LiveCrumb &crumb : m_crumbs) {
            if (crumb.kind == CrumbKind::Loop && isOlder(crumb.since, m_limits.loop))
                return stuckIn(m_slot, Stuck::Kind::Loop, crumb);
        }
        const qint64 beat = m_slot.beat.load(std::memory_order_acquire);
        if (!isOlder(beat, m_limits.loop)) // neither resting nor not begun is above 0
            return std::nullopt;
        LiveCrumb crumb = crumbOf(m_slot.pid); // the main thread has the id of its process
        crumb.since = beat;
        return stuckIn(m_slot, Stuck::Kind::Loop, crumb);
    }

    std::optional<Stuck> overdue(CrumbKind kind, Stuck::Kind stuckKind) const
    {
        for (const LiveCrumb &crumb : m_crumbs) {
            if (crumb.kind == kind && isOlder(crumb.deadline, m_limits.grace))
                return stuckIn(m_slot, stuckKind, crumb);
        }
        return std::nullopt;
    }

    LiveCrumb crumbOf(qint32 thread) const
    {
        for (const LiveCrumb &crumb : m_crumbs) {
            if (crumb.thread == thread)
                return crumb;
        }
        return {.thread = thread};
    }

    const WorkerSlot &m_slot;
    const qint64 m_now;
    const WatchdogLimits m_limits;
    const QVarLengthArray<LiveCrumb, 16> m_crumbs;
};

} // namespace

QString Stuck::sentence(qint64 nowMs) const
{
    const QString seconds = QString::number(double(nowMs - since) / 1000, 'f', 1);
    switch (kind) {
    case Kind::Loop:
        return u"the event loop has been blocked for %1 s"_s.arg(seconds);
    case Kind::Pool:
    case Kind::Task:
        return u"%1 has been running for %2 s"_s.arg(
            placeText({.kind = kind == Kind::Pool ? CrumbKind::Pool : CrumbKind::Task, .number = number}), seconds);
    case Kind::Start:
        return u"its loading, starting or stopping has taken %1 s"_s.arg(seconds);
    case Kind::Crash:
        break;
    }
    return u"it crashed %1 s ago and did not end"_s.arg(seconds);
}

Verdict Stuck::verdict(qint64 nowMs) const
{
    return {module, sha256, module.isEmpty() ? Verdict::Unknown : Verdict::Watchdog, sentence(nowMs), {}};
}

std::optional<Stuck> inspect(const WorkerSlot &slot, qint64 nowMs, const WatchdogLimits &limits)
{
    const auto stuck = Inspection(slot, nowMs, limits).worst();
    if (stuck && isTraced(slot.pid)) // somebody is looking at it (gdb, strace)
        return std::nullopt;
    return stuck;
}

qint64 loopBusyFor(const WorkerSlot &slot, qint64 nowMs)
{
    qint64 longest = 0;
    for (const LiveCrumb &crumb : liveCrumbs(slot)) {
        if (crumb.kind == CrumbKind::Loop)
            longest = std::max(longest, nowMs - crumb.since);
    }
    return longest;
}

} // namespace quoin::supervisor
