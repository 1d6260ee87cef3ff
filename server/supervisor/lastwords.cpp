// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/lastwords.h"

#include <algorithm>
#include <csignal>
#include <cstring>

using namespace Qt::StringLiterals;

namespace quoin::supervisor {

LastWords::LastWords(const CrashReport &report)
    : thread(report.thread)
    , signal(report.signal)
    , code(report.code)
    , sender(report.sender)
    , address(report.address)
    , sp(report.sp)
    , frames({report.pc})
{
    if (report.state < CrashReport::Complete)
        return;
    const int count = std::clamp<int>(report.frameCount, 0, CrashReport::mostFrames);
    for (int index = 1; index < count; ++index)
        frames.append(report.frames[index]);
}

/// A thread that is out of stack faults next to where its stack pointer is; hardly anything else does.
bool LastWords::isStackOverflow() const
{
    constexpr quint64 nearby = 64 * 1024; // bytes: one large frame
    return isFault() && signal == SIGSEGV && address + nearby > sp && address < sp + nearby;
}

QString LastWords::what() const
{
    const QString name = signalName(signal);
    if (!isFault())
        return name;
    if (isStackOverflow())
        return u"%1 at %2 (stack overflow)"_s.arg(name, hexadecimal(address));
    if (code == SI_KERNEL) // the processor does not tell the address
        return u"%1 at an impossible address"_s.arg(name);
    return u"%1 at %2"_s.arg(name, hexadecimal(address));
}

QString signalName(int signal)
{
    const char *name = ::sigabbrev_np(signal);
    return name ? u"SIG"_s + QLatin1String(name) : u"signal %1"_s.arg(signal);
}

QString hexadecimal(quint64 number) { return u"0x"_s + QString::number(number, 16); }

} // namespace quoin::supervisor
