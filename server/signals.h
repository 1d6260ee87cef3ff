// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QObject>

#include <memory>

class QSocketNotifier;

namespace quoin::server {

/// SIGTERM and SIGINT as Qt signals, on the thread that made this. One at a time in a process; make it before any other
/// thread, so that they inherit the blocked signals. From its construction on SIGPIPE is ignored: a peer that left is
/// an EPIPE.
class Signals : public QObject
{
    Q_OBJECT

public:
    /// Also unblocks the signals again when it goes, so that a hanging end can still be interrupted.
    explicit Signals(QObject *parent = nullptr);
    ~Signals() override;

Q_SIGNALS:
    /// The first SIGTERM or SIGINT: finish what is at work, take nothing new. name: "SIGTERM".
    void stopRequested(const QString &name);
    /// Another one: somebody is waiting; end now.
    void hurryRequested(const QString &name);
    /// SIGHUP: read the settings and look at the plugins again. Without a connection to it the signal does nothing.
    void reloadRequested();

private:
    void read();

    int m_descriptor = -1;
    std::unique_ptr<QSocketNotifier> m_notifier;
    bool m_isStopping = false;
};

} // namespace quoin::server
