// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QString>
#include <QTimer>

#include <chrono>

namespace quoin::server {

/// What is told to the service manager: lines of a datagram (sd_notify(3)). status is for people, one line.
namespace notice {
QByteArray ready(const QString &status);
/// now: of CLOCK_MONOTONIC.
QByteArray reloading(std::chrono::microseconds now);
/// longest: until it would rather be ended by force.
QByteArray stopping(std::chrono::microseconds longest, const QString &status);
QByteArray status(const QString &status);
QByteArray alive();
} // namespace notice

/// How often to give a sign of life, by WATCHDOG_USEC and WATCHDOG_PID: half of what is allowed. 0: not asked for, or
/// of another process.
std::chrono::milliseconds watchdogInterval(const QByteArray &microseconds, const QByteArray &processId, qint64 self);

/// Tells the service manager that started this process how it goes (docs/decisions/0210). One that did not ask is told
/// nothing. Signs of life come while the event loop of the thread that made it turns. Main thread.
class ServiceManager final
{
public:
    /// Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment, so that no child speaks for us.
    /// Before the first thread (unsetenv).
    ServiceManager();
    Q_DISABLE_COPY_MOVE(ServiceManager)

    bool isListening() const { return !m_address.isEmpty(); }

    /// The service is up, or has taken what there was to reload.
    void ready(const QString &status) { tell(notice::ready(status)); }
    /// Settings are being read again; ready() follows.
    void reloading();
    void stopping(std::chrono::milliseconds longest);
    void status(const QString &status) { tell(notice::status(status)); }

private:
    void tell(const QByteArray &notice);

    QByteArray m_address; ///< Of an AF_UNIX datagram socket; one that begins with '@' is abstract.
    QTimer m_watchdog;
    bool m_hasFailed = false;
};

} // namespace quoin::server
