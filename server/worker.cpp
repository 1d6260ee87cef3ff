// SPDX-License-Identifier: GPL-3.0-only
#include "worker.h"

#include "figuresink.h"
#include "log/accesslog.h"
#include "log/log.h"
#include "plugins/loader.h"
#include "plugins/metadata.h"
#include "plugins/refusaljson.h"
#include "ringtap.h"
#include "settings/pluginsettings.h"
#include "settings/settingkeys.h"
#include "settings/sourcesjson.h"
#include "supervisor/brief.h"
#include "supervisor/crashhandler.h"
#include "supervisor/hostmemory.h"
#include "supervisor/parentdeath.h"

#include <QAbstractEventDispatcher>
#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLoggingCategory>

#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

namespace {

Q_LOGGING_CATEGORY(lcWorker, "quoin.worker")

namespace message = supervisor::message;

constexpr int cannotStart = 1;
constexpr auto graceAfterSupervisor = 10s; // beyond the time that requests and tasks have to end

/// Those of the host, and of the plugins in the plan. What nobody declared was refused or tolerated when the supervisor
/// started; a plugin that has gone since must not keep this worker from starting.
Result<Settings> workerSettings(const SettingSources &sources, const plugins::Plan &plan)
{
    SettingSchema schema = hostSettings(Surroundings::here());
    for (const plugins::PlannedPlugin &plugin : plan.plugins) {
        plugins::Fault fault;
        const auto metadata = plugins::readMetadata(plugins::loaderMetadata(plugin.copy), plugin.id, &fault);
        if (!metadata || !schema.declarePlugin(plugin.id, settingKeys(*metadata)))
            schema.tolerate(plugin.id);
    }
    return Settings::resolve(schema, sources, Settings::Unknown::Ignore);
}

/// As many as fit into a message; the others will be told by the next generation, which has them still.
QJsonArray toJson(const QList<plugins::Refusal> &refusals)
{
    constexpr qsizetype longest = 1000;
    constexpr qsizetype most = 20;
    QJsonArray array;
    for (plugins::Refusal refusal : refusals.first(std::min(most, refusals.size()))) {
        refusal.reason.truncate(longest);
        refusal.remedy.truncate(longest);
        array.append(plugins::toJson(refusal));
    }
    return array;
}

int refuse(supervisor::Channel &channel, const QString &why)
{
    channel.send(message::refused, QJsonDocument(QJsonObject{{u"error"_s, why}}).toJson(QJsonDocument::Compact));
    return cannotStart;
}

/// Without running what exit() would: threads of plugins may still be at work, and global destructors must not be able
/// to crash a worker that has done all it had to.
[[noreturn]] void leaveProcess(int exitCode, Log &log)
{
    log.writer().flush(2s);
    std::fflush(nullptr);
    ::_exit(exitCode);
}

} // namespace

Result<WorkerBrief> WorkerBrief::fromJson(const QJsonObject &object)
{
    auto plan = plugins::Plan::fromJson(object.value(u"plan"_s).toObject());
    if (!plan)
        return plan.error();
    WorkerBrief brief;
    brief.plan = *std::move(plan);
    brief.slot = object.value(u"slot"_s).toInt();
    brief.serves = object.value(u"role"_s) == u"web"_s;
    brief.hasPage = object.value(u"hasPage"_s).toBool();
    brief.index = object.value(u"index"_s).toInt();
    brief.sources = sourcesFromJson(object.value(u"settings"_s).toObject(), processEnvironment());
    brief.runsTasks = !brief.serves || (object.value(u"firstRunsTasks"_s).toBool() && brief.index == 0);
    return brief;
}

Worker::Worker(const Settings &settings, const WorkerBrief &brief, supervisor::WorkerMemory &memory,
               supervisor::HostMemory &host, std::unique_ptr<supervisor::Channel> channel, http::AccessSink *accessLog)
    : m_memory(memory)
    , m_channel(std::move(channel))
    , m_patience(settings.duration(u"shutdown.timeout"_s))
    , m_app(settings,
            {.plan = &brief.plan,
             .serves = brief.serves,
             .hasPage = brief.hasPage,
             .runsTasks = brief.runsTasks,
             .index = brief.index,
             .memory = &memory,
             .host = &host,
             .meters = &memory.slot().meters},
            accessLog)
{
    connect(m_channel.get(), &supervisor::Channel::received, this, &Worker::obey);
    connect(m_channel.get(), &supervisor::Channel::closed, this, &Worker::leaveAlone);
    connect(&m_app, &App::pushed, this, [this] { m_channel->send(message::wake); });
    connect(&m_app, &App::replaceWanted, this, [this](const QString &why) { tell(message::replace, why); });
    connect(&m_app, &App::endWanted, this, [this](const QString &why) { tell(message::end, why); });
    connect(&m_app, &App::drainAsked, this, [this](qint64 pid, const QString &why) {
        passOn(message::replaceOther, {{u"pid"_s, pid}, {u"why"_s, why}});
    });
    connect(&m_app, &App::againAsked, this, [this](const QString &why) { passOn(message::again, {{u"why"_s, why}}); });
    connect(&m_app, &App::stopped, this, &Worker::endWhenTold);
}

bool Worker::start()
{
    QJsonObject report;
    const auto started = m_app.start();
    if (!started)
        report.insert(u"error"_s, started.error().message());
    if (!m_app.refusals().isEmpty())
        report.insert(u"refusals"_s, toJson(m_app.refusals()));
    const bool isFit = report.isEmpty();
    if (isFit) {
        m_memory.locateEverythingElse();
        m_memory.follow(QAbstractEventDispatcher::instance());
        connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::aboutToBlock, this,
                &Worker::tellFigures);
    }
    m_channel->send(isFit ? message::ready : message::refused, QJsonDocument(report).toJson(QJsonDocument::Compact));
    return isFit;
}

void Worker::obey(char type, const QByteArray &payload, int descriptor)
{
    switch (type) {
    case message::connection:
        return adopt(descriptor, payload);
    case message::wake:
        return m_app.wakeQueue();
    case message::unready:
        return m_app.turnUnready();
    case message::drain:
        return leave(QJsonDocument::fromJson(payload).object());
    case message::hurry:
        return m_app.hurry();
    default:
        qCWarning(lcWorker) << "message not understood type=" << type;
        if (descriptor >= 0)
            ::close(descriptor);
    }
}

void Worker::adopt(int descriptor, const QByteArray &note)
{
    m_memory.slot().taken.fetch_add(1, std::memory_order_release);
    m_app.adopt(descriptor, note);
    tellFigures(); // so that a connection never counts as neither under way nor here
}

void Worker::leave(const QJsonObject &how)
{
    const std::chrono::milliseconds deadline(how.value(u"deadline"_s).toInteger());
    if (how.value(u"handBack"_s).toBool())
        m_app.leave(deadline, [this](int descriptor, const QByteArray &note) {
            m_channel->send(message::connection, note, descriptor);
        });
    else
        m_app.leave(deadline);
}

/// The supervisor is gone, and with it the socket: nobody will come any more.
void Worker::leaveAlone()
{
    qCWarning(lcWorker) << "the supervisor is gone: leaving";
    m_app.leave(m_patience);
}

void Worker::tellFigures() { m_app.figures().writeTo(m_memory.slot()); }

/// What a client of the admin API asked for; the supervisor decides.
void Worker::passOn(char type, const QJsonObject &wish)
{
    m_channel->send(type, QJsonDocument(wish).toJson(QJsonDocument::Compact));
}

void Worker::tell(char type, const QString &why)
{
    m_channel->send(type, QJsonDocument(QJsonObject{{u"why"_s, why}}).toJson(QJsonDocument::Compact));
}

void Worker::endWhenTold()
{
    if (m_channel->isOpen() && m_channel->queued() > 0)
        QTimer::singleShot(1ms, this, &Worker::endWhenTold);
    else
        Q_EMIT finished();
}

int work()
{
    auto memory = supervisor::HostMemory::adopt(supervisor::inherited::memory);
    const auto told = supervisor::readBrief();
    if (!memory || !told) {
        std::fputs("quoin: worker-process is started by \"quoin serve\" and \"quoin worker\" only\n", stderr);
        return 2;
    }
    auto channel = std::make_unique<supervisor::Channel>(supervisor::inherited::channel);
    const auto brief = WorkerBrief::fromJson(*told);
    if (!brief)
        return refuse(*channel, brief.error().message());
    const auto settings = workerSettings(brief->sources, brief->plan);
    if (!settings)
        return refuse(*channel, settings.error().message());
    const auto patience = settings->duration(u"shutdown.timeout"_s) + graceAfterSupervisor;
    if (const auto bound = supervisor::leaveWithParent(patience); !bound)
        return refuse(*channel, bound.error().message());

    ::prctl(PR_SET_NAME, brief->serves ? "quoin-web" : "quoin-tasks"); // what ps and top show

    supervisor::WorkerSlot &slot = memory->slot(brief->slot);
    supervisor::installCrashHandler(slot);
    supervisor::WorkerMemory workerMemory(slot);
    Log log(*settings);
    RingTap tap(memory->log());
    log.writer().setTap(&tap);
    AccessLog accessLog(log.writer());
    FigureSink figures(slot, settings->isOn(u"log.requests"_s) ? &accessLog : nullptr);
    Worker worker(*settings, *brief, workerMemory, *memory, std::move(channel), &figures);
    QObject::connect(&worker, &Worker::finished, qApp, &QCoreApplication::quit, Qt::QueuedConnection);
    if (!worker.start())
        leaveProcess(cannotStart, log);
    leaveProcess(QCoreApplication::exec(), log);
}

} // namespace quoin::server
