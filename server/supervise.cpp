// SPDX-License-Identifier: GPL-3.0-only
#include "supervise.h"

#include "signals.h"

#include <QCoreApplication>
#include <QLoggingCategory>

namespace quoin::server {

namespace {

Q_LOGGING_CATEGORY(lcSupervise, "quoin.supervisor")

} // namespace

int supervise(const Configuration &configuration, const Supervision::Ground &ground, Signals &signalSource)
{
    Supervision supervision(configuration, ground);
    QObject::connect(&supervision, &Supervision::stopped, qApp, &QCoreApplication::quit, Qt::QueuedConnection);
    if (const auto started = supervision.start(); !started) {
        qCCritical(lcSupervise).noquote() << "cannot start:" << started.error().message();
        return 1;
    }
    QObject::connect(&signalSource, &Signals::stopRequested, &supervision, [&](const QString &name) {
        qCInfo(lcSupervise).noquote().nospace() << "stopping signal=" << name;
        supervision.stop();
    });
    QObject::connect(&signalSource, &Signals::hurryRequested, &supervision, &Supervision::hurry);
    QObject::connect(&signalSource, &Signals::reloadRequested, &supervision, &Supervision::reload);
    QCoreApplication::exec();
    qCInfo(lcSupervise) << "stopped";
    return supervision.exitCode();
}

} // namespace quoin::server
