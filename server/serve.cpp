// SPDX-License-Identifier: GPL-3.0-only
#include "serve.h"

#include "app.h"
#include "datafolder.h"
#include "log/accesslog.h"
#include "log/log.h"
#include "signals.h"
#include "startlog.h"

#include <QCoreApplication>
#include <QLoggingCategory>

#include <cstdlib>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

Q_LOGGING_CATEGORY(lcServe, "quoin.server")

} // namespace

int serve(const Settings &settings, Log &log, Signals &signalSource)
{
    AccessLog accessLog(log.writer());
    App app(settings, {}, settings.isOn(u"log.requests"_s) ? &accessLog : nullptr);
    logStart(settings);
    Result<> started = prepareDataFolder(settings.text(u"data.dir"_s));
    if (started && settings.text(u"plugins.trust"_s) != u"off"_s)
        started = Error::invalid(
            u"--single does not ask who vouches for a plugin (plugins.trust): leave one of the two away"_s);
    if (started)
        started = app.start();
    if (!started) {
        qCCritical(lcServe).noquote() << "cannot start:" << started.error().message();
        return 1;
    }

    QObject::connect(&signalSource, &Signals::stopRequested, &app, [&](const QString &name) {
        qCInfo(lcServe).noquote().nospace() << "stopping signal=" << name;
        app.stop();
    });
    QObject::connect(&signalSource, &Signals::hurryRequested, &app, &App::hurry);
    QObject::connect(&app, &App::stopped, qApp, &QCoreApplication::quit, Qt::QueuedConnection);
    const int exitCode = QCoreApplication::exec();
    qCInfo(lcServe) << "stopped";
    if (app.hasStuckHandlers()) { // destroying what they use would crash them
        log.writer().flush(std::chrono::seconds(2));
        std::_Exit(exitCode);
    }
    return exitCode;
}

} // namespace quoin::server
