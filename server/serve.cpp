// SPDX-License-Identifier: GPL-3.0-only
#include "serve.h"

#include "app.h"
#include "datafolder.h"
#include "figuresink.h"
#include "hostreporter.h"
#include "log/accesslog.h"
#include "log/log.h"
#include "ringtap.h"
#include "servicemanager.h"
#include "signals.h"
#include "startlog.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLoggingCategory>

#include <cstdlib>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

Q_LOGGING_CATEGORY(lcServe, "quoin.server")

constexpr int onlySlot = 0;
constexpr auto graceToEnd = std::chrono::seconds(10);

/// The log goes to the memory as well, for as long as this lives.
class RingLog
{
public:
    RingLog(Log &log, supervisor::HostMemory &memory)
        : m_log(log)
        , m_tap(memory.log())
    {
        m_log.writer().setTap(&m_tap);
    }
    ~RingLog() { m_log.writer().setTap(nullptr); }
    Q_DISABLE_COPY_MOVE(RingLog)

private:
    Log &m_log;
    RingTap m_tap;
};

/// The one process there is, as a worker of itself.
supervisor::WorkerRow reportOn(const App &app, supervisor::WorkerSlot &slot)
{
    static const qint64 started = QDateTime::currentMSecsSinceEpoch() * 1000;
    slot.beat.store(supervisor::WorkerSlot::resting, std::memory_order_relaxed);
    app.figures().writeTo(slot);
    supervisor::WorkerRow row;
    row.slot = onlySlot;
    row.pid = QCoreApplication::applicationPid();
    row.phase = app.isServing() ? supervisor::WorkerPhase::Ready : supervisor::WorkerPhase::Draining;
    row.started = started;
    return row;
}

/// One process has one set of workers' settings: the level of the log is all that can change.
void reload(Configuration &configuration, const SettingSources &atStart)
{
    const auto read = readSettingsAgain(configuration, atStart,
                                        [](const SettingKey &key) { return key.key == u"log.level"_s; });
    logReload(read);
    if (!read)
        return;
    configuration = read->next;
    Log::setLevel(configuration.settings.text(u"log.level"_s));
}

} // namespace

int serve(const Configuration &configuration, const QList<PassedSocket> &sockets, Log &log, ServiceManager &manager,
          Signals &signalSource)
{
    const Settings &settings = configuration.settings;
    auto memory = supervisor::HostMemory::create();
    if (!memory) {
        qCCritical(lcServe).noquote() << "cannot start:" << memory.error().message();
        return 1;
    }
    const RingLog ringLog(log, *memory);
    AccessLog accessLog(log.writer());
    supervisor::WorkerSlot &slot = memory->slot(onlySlot);
    FigureSink figures(slot, settings.isOn(u"log.requests"_s) ? &accessLog : nullptr);
    AppPart part;
    part.host = &*memory;
    part.sockets = sockets;
    part.meters = &slot.meters;
    App app(settings, part, &figures);
    supervisor::open(memory->board());
    HostReporter reporter(*memory, [&app, &slot] { return QList{reportOn(app, slot)}; });
    reporter.enlist(onlySlot);
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

    supervisor::setAddresses(memory->board(), app.addresses());
    supervisor::setPlugins(memory->board(), app.pluginRows());
    meters::addAlone(memory->board().generationsServed);
    reporter.update();
    const QString status = u"Serving http://%1 in one process"_s.arg(app.addresses().join(u", http://"_s));
    manager.ready(status);
    Configuration current = configuration;
    QObject::connect(&signalSource, &Signals::reloadRequested, &app, [&] {
        manager.reloading();
        reload(current, configuration.sources);
        manager.ready(status);
    });
    QObject::connect(&signalSource, &Signals::stopRequested, &app, [&](const QString &name) {
        qCInfo(lcServe).noquote().nospace() << "stopping signal=" << name;
        manager.stopping(settings.duration(u"shutdown.delay"_s) + settings.duration(u"shutdown.timeout"_s)
                         + graceToEnd);
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
