// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/blame.h"

#include "supervisor/lastwords.h"
#include "supervisor/slotview.h"

#include <algorithm>
#include <csignal>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace quoin::supervisor {

namespace {

/// The address that tells what a frame belongs to: callers go on behind their call, which may be behind their end.
quint64 codeAddress(const QList<quint64> &frames, qsizetype index)
{
    return index == 0 ? frames[0] : frames[index] - 1;
}

class Judge
{
public:
    Judge(const WorkerSlot &slot, const Ending &ending)
        : m_slot(slot)
        , m_ending(ending)
        , m_modules(modules(slot))
        , m_crumbs(liveCrumbs(slot))
    {
    }

    Verdict judge()
    {
        if (m_slot.crash.state >= CrashReport::Told)
            judgeReport(LastWords(m_slot.crash));
        else
            judgeSilence();
        return m_verdict;
    }

private:
    void judgeReport(const LastWords &report)
    {
        const bool isWatchdog = report.sender == ::getpid();
        const bool isFromOutside = !isWatchdog && report.sender != 0 && report.sender != m_slot.pid;
        m_verdict.what = isWatchdog ? signalName(report.signal) + u" by the watchdog"_s : report.what();
        for (qsizetype index = 0; index < report.frames.size(); ++index)
            m_verdict.stack.append(frameText(report.frames[index], codeAddress(report.frames, index)));
        if (isFromOutside) {
            m_verdict.what += u" sent by process %1"_s.arg(report.sender);
            return;
        }
        blameFrames(report.frames);
        blameCrumbOf(report.thread);
        if (isWatchdog && m_verdict.how != Verdict::Unknown)
            m_verdict.how = Verdict::Watchdog;
    }

    void blameFrames(const QList<quint64> &frames)
    {
        for (qsizetype index = 0; index < frames.size(); ++index) {
            const MappedModule *module = find(codeAddress(frames, index));
            if (module && module->isPlugin) {
                accuse(*module, index == 0 ? Verdict::Address : Verdict::Stack);
                return;
            }
        }
    }

    /// Tells in any case what the thread was doing; it may be in another plugin than the one whose code failed.
    void blameCrumbOf(qint32 thread)
    {
        const auto crumb = std::find_if(m_crumbs.begin(), m_crumbs.end(),
                                        [thread](const LiveCrumb &one) { return one.thread == thread; });
        if (crumb == m_crumbs.end())
            return;
        const auto module = pluginAt(m_slot, crumb->module);
        if (!module)
            return;
        if (m_verdict.how == Verdict::Unknown)
            accuse(*module, Verdict::Crumb);
        if (m_verdict.module == module->name)
            m_verdict.what += u" in "_s + placeText(*crumb);
    }

    void judgeSilence()
    {
        m_verdict.what = endingText();
        if (!isOwnDoing() || m_crumbs.isEmpty())
            return;
        const int module = m_crumbs.front().module;
        if (std::any_of(m_crumbs.begin(), m_crumbs.end(),
                        [module](const auto &crumb) { return crumb.module != module; }))
            return;
        const auto plugin = pluginAt(m_slot, module);
        if (!plugin)
            return;
        accuse(*plugin, Verdict::Crumb);
        m_verdict.what += u" in "_s + placeText(m_crumbs.front());
    }

    /// Whether the process can have brought this ending about by itself.
    bool isOwnDoing() const
    {
        if (m_ending.kind != Ending::Signal)
            return true;
        constexpr int fromInside[] = {SIGSEGV, SIGBUS,  SIGABRT, SIGILL,  SIGFPE, SIGSYS,
                                      SIGTRAP, SIGXCPU, SIGXFSZ, SIGPIPE, SIGALRM};
        return std::find(std::begin(fromInside), std::end(fromInside), m_ending.number) != std::end(fromInside);
    }

    QString endingText() const
    {
        switch (m_ending.kind) {
        case Ending::Exit:
            return u"exit with code %1"_s.arg(m_ending.number);
        case Ending::Signal:
            return u"%1 without a report"_s.arg(signalName(m_ending.number));
        case Ending::Unknown:
            break;
        }
        return u"end without a report"_s;
    }

    void accuse(const MappedModule &module, Verdict::How how)
    {
        m_verdict.module = module.name;
        m_verdict.sha256 = module.sha256;
        m_verdict.how = how;
    }

    const MappedModule *find(quint64 address) const
    {
        const auto module = std::find_if(m_modules.begin(), m_modules.end(),
                                         [address](const MappedModule &one) { return one.holds(address); });
        return module == m_modules.end() ? nullptr : &*module;
    }

    QString frameText(quint64 frame, quint64 code) const
    {
        const MappedModule *module = find(code);
        if (!module)
            return hexadecimal(frame);
        return u"%1%2+%3"_s.arg(module->name, module->isPlugin ? u".so"_s : QString(),
                                hexadecimal(frame - module->base));
    }

    const WorkerSlot &m_slot;
    const Ending &m_ending;
    const QList<MappedModule> m_modules;
    const QVarLengthArray<LiveCrumb, 16> m_crumbs;
    Verdict m_verdict;
};

} // namespace

Verdict blame(const WorkerSlot &slot, const Ending &ending) { return Judge(slot, ending).judge(); }

} // namespace quoin::supervisor
