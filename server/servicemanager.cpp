// SPDX-License-Identifier: GPL-3.0-only
#include "servicemanager.h"

#include "posix/filedescriptor.h"

#include <QLoggingCategory>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

namespace {

Q_LOGGING_CATEGORY(lcService, "quoin.service")

QByteArray takeVariable(const char *name)
{
    const QByteArray value = qgetenv(name);
    ::unsetenv(name);
    return value;
}

QByteArray statusLine(const QString &status) { return "STATUS=" + status.simplified().toUtf8() + '\n'; }

std::chrono::microseconds monotonicNow()
{
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::seconds(now.tv_sec)
                                                                 + std::chrono::nanoseconds(now.tv_nsec));
}

/// False with errno.
bool send(const QByteArray &address, const QByteArray &text)
{
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    if (address.size() >= static_cast<qsizetype>(sizeof to.sun_path)) {
        errno = ENAMETOOLONG;
        return false;
    }
    std::memcpy(to.sun_path, address.constData(), static_cast<std::size_t>(address.size()));
    if (address.startsWith('@')) // unix(7): an abstract name begins with a zero, and its length says where it ends
        to.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path)) + static_cast<socklen_t>(address.size());

    const FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const timeval patience{1, 0}; // a manager that does not read must not stop the service
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return ::sendto(socket.get(), text.constData(), static_cast<std::size_t>(text.size()), MSG_NOSIGNAL,
                    reinterpret_cast<const sockaddr *>(&to), size)
        == text.size();
}

} // namespace

QByteArray notice::ready(const QString &status) { return "READY=1\n" + statusLine(status); }

QByteArray notice::reloading(std::chrono::microseconds now)
{
    return "RELOADING=1\nMONOTONIC_USEC=" + QByteArray::number(static_cast<qint64>(now.count())) + '\n'
        + statusLine(u"Reading the settings again"_s);
}

QByteArray notice::stopping(std::chrono::microseconds longest, const QString &status)
{
    return "STOPPING=1\nEXTEND_TIMEOUT_USEC=" + QByteArray::number(static_cast<qint64>(longest.count())) + '\n'
        + statusLine(status);
}

QByteArray notice::status(const QString &status) { return statusLine(status); }

QByteArray notice::alive() { return "WATCHDOG=1\n"; }

std::chrono::milliseconds watchdogInterval(const QByteArray &microseconds, const QByteArray &processId, qint64 self)
{
    const bool isOurs = processId.isEmpty() || processId.toLongLong() == self; // sd_watchdog_enabled(3)
    const std::chrono::microseconds allowed(isOurs ? microseconds.toLongLong() : 0);
    return allowed > 0us
        ? std::max<std::chrono::milliseconds>(1ms, std::chrono::duration_cast<std::chrono::milliseconds>(allowed / 2))
        : 0ms;
}

ServiceManager::ServiceManager()
    : m_address(takeVariable("NOTIFY_SOCKET"))
{
    const QByteArray allowed = takeVariable("WATCHDOG_USEC");
    const auto interval = watchdogInterval(allowed, takeVariable("WATCHDOG_PID"), ::getpid());
    if (!m_address.startsWith('/') && !m_address.startsWith('@'))
        m_address.clear(); // of a kind that we do not speak, such as vsock
    if (interval == 0ms || !isListening())
        return;
    m_watchdog.setTimerType(Qt::PreciseTimer);
    m_watchdog.callOnTimeout([this] { tell(notice::alive()); });
    m_watchdog.start(interval);
}

void ServiceManager::reloading() { tell(notice::reloading(monotonicNow())); }

void ServiceManager::stopping(std::chrono::milliseconds longest)
{
    tell(notice::stopping(longest, u"Finishing what is under way"_s));
}

void ServiceManager::tell(const QByteArray &notice)
{
    if (!isListening() || send(m_address, notice) || std::exchange(m_hasFailed, true))
        return;
    qCWarning(lcService).noquote().nospace()
        << "the service manager cannot be told how it goes error=\"" << qt_error_string(errno) << '"';
}

} // namespace quoin::server
