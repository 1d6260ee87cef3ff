// SPDX-License-Identifier: GPL-3.0-only
#include "signals.h"

#include <QSocketNotifier>

#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

sigset_t stopSignals()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    return set;
}

} // namespace

// signalfd(2) rather than a handler with a pipe: no code runs in signal context.
Signals::Signals(QObject *parent)
    : QObject(parent)
{
    std::signal(SIGPIPE, SIG_IGN);
    const sigset_t set = stopSignals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    m_descriptor = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (m_descriptor < 0)
        qFatal("signalfd: %s", qPrintable(qt_error_string()));
    m_notifier = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &Signals::read);
}

Signals::~Signals()
{
    m_notifier.reset();
    ::close(m_descriptor);
    const sigset_t set = stopSignals();
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void Signals::read()
{
    signalfd_siginfo info;
    while (::read(m_descriptor, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGHUP) {
            Q_EMIT reloadRequested();
            continue;
        }
        const QString name = info.ssi_signo == SIGINT ? u"SIGINT"_s : u"SIGTERM"_s;
        if (std::exchange(m_isStopping, true))
            Q_EMIT hurryRequested(name);
        else
            Q_EMIT stopRequested(name);
    }
}

} // namespace quoin::server
