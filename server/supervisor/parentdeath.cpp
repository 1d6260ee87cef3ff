// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/parentdeath.h"

#include "supervisor/handover.h"

#include <cerrno>
#include <csignal>
#include <ctime>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>

using namespace Qt::StringLiterals;

namespace quoin::supervisor {

namespace {

timer_t timer;
itimerspec delay;

/// timer_settime() is safe in a signal handler (signal-safety(7)).
void armTimer(int /*signal*/)
{
    const int error = errno;
    ::timer_settime(timer, 0, &delay, nullptr);
    errno = error;
}

bool channelHasEnded()
{
    pollfd channel{inherited::channel, 0, 0};
    return ::poll(&channel, 1, 0) > 0 && (channel.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

} // namespace

Result<> leaveWithParent(std::chrono::milliseconds grace)
{
    using namespace std::chrono;
    const auto failed = [](const QString &what) {
        return Error::unavailable(u"%1: %2"_s.arg(what, qt_error_string(errno)));
    };
    for (const int descriptor : {inherited::channel, inherited::memory, inherited::brief})
        ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);

    // SIGKILL, because a plugin may ignore anything else.
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGKILL;
    if (::timer_create(CLOCK_MONOTONIC, &event, &timer) != 0)
        return failed(u"a timer cannot be made"_s);
    const auto whole = duration_cast<seconds>(grace);
    delay.it_value.tv_sec = whole.count();
    delay.it_value.tv_nsec = static_cast<long>(nanoseconds(grace - whole).count()) + 1; // 0 and 0 would disarm it

    struct sigaction action
    {
    };
    action.sa_handler = armTimer;
    action.sa_flags = SA_RESTART;
    const int signal = SIGRTMAX - 3;
    if (::sigaction(signal, &action, nullptr) != 0)
        return failed(u"the signal of the parent's death cannot be taken"_s);
    if (::prctl(PR_SET_PDEATHSIG, static_cast<unsigned long>(signal)) != 0)
        return failed(u"the parent's death cannot be watched"_s);
    if (channelHasEnded()) // it died before prctl(): no signal comes
        armTimer(signal);
    return {};
}

} // namespace quoin::supervisor
