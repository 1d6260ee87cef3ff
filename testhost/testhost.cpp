// SPDX-License-Identifier: GPL-3.0-only
#include <quoin/testhost.h>

#include "client.h"
#include "settings/pluginsettings.h"
#include "settings/settingkeys.h"
#include "stage.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QTemporaryDir>

using namespace Qt::StringLiterals;

namespace quoin {

namespace {

/// As QPluginLoader would have read it from the library.
Result<plugins::Metadata> readMetadataFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error::notFound(u"%1 cannot be read: %2; quoin_add_plugin() makes it"_s.arg(path, file.errorString()));
    const QJsonObject loaderMetadata{{u"IID"_s, QStringLiteral(QUOIN_PLUGIN_IID)},
                                     {u"MetaData"_s, QJsonDocument::fromJson(file.readAll()).object()}};
    plugins::Fault fault;
    const auto metadata = plugins::readMetadata(loaderMetadata, QFileInfo(path).completeBaseName(), &fault);
    if (!metadata)
        return Error::invalid(u"%1: %2"_s.arg(path, fault.reason));
    return *metadata;
}

} // namespace

class Q_DECL_HIDDEN TestHost::Private
{
public:
    Result<> start(Plugin &plugin, const QString &metadataFile);
    Result<server::Settings> settingsFor(const plugins::Metadata &metadata) const;
    testhost::Stage *started(const char *what) const;
    void stop();
    QMetaObject::Connection watchOver(Plugin &plugin) const;

    QTemporaryDir folder;
    QMap<QString, QString> texts;
    QStringList listened;
    testhost::TestClock clock;
    QByteArray fault;
    std::unique_ptr<testhost::Stage> stage; ///< From start() to stop().
    QMetaObject::Connection guard;
};

Result<server::Settings> TestHost::Private::settingsFor(const plugins::Metadata &metadata) const
{
    auto schema = server::hostSettings({{}, {}, 2});
    if (const auto declared = schema.declarePlugin(metadata.id, server::settingKeys(metadata)); !declared)
        return declared.error();
    const QString origin = u"TestHost::set()"_s;
    server::SettingSources sources;
    sources.configFile = u"/dev/null"_s; // not the one of this machine
    sources.arguments.append({u"data.dir"_s, folder.path(), origin});
    for (auto [name, text] : texts.asKeyValueRange())
        sources.arguments.append({schema.find(name) ? name : metadata.id + u'.' + name, text, origin});
    return server::Settings::resolve(schema, sources);
}

Result<> TestHost::Private::start(Plugin &plugin, const QString &metadataFile)
{
    if (!QCoreApplication::instance())
        return Error::internal(u"a TestHost needs a QCoreApplication: QTEST_GUILESS_MAIN makes one"_s);
    if (stage)
        return Error::conflict(u"the host has a plugin: stop() it first, or make another host"_s);
    if (!folder.isValid())
        return Error::unavailable(u"no temporary folder: %1"_s.arg(folder.errorString()));
    const auto metadata = readMetadataFile(metadataFile);
    if (!metadata)
        return metadata.error();
    const auto settings = settingsFor(*metadata);
    if (!settings)
        return settings.error();
    auto made = std::make_unique<testhost::Stage>(*metadata, *settings, clock);
    if (auto result = made->start(plugin, listened); !result)
        return result;
    stage = std::move(made);
    guard = watchOver(plugin);
    return {};
}

/// Its stop() cannot be called any more when it is gone, and what would happen instead explains nothing.
QMetaObject::Connection TestHost::Private::watchOver(Plugin &plugin) const
{
    const auto *object = dynamic_cast<QObject *>(&plugin);
    if (!object)
        return {};
    return QObject::connect(object, &QObject::destroyed, qApp, [] {
        qFatal("TestHost: the plugin was destroyed before its host. Declare the plugin first, or stop() the host.");
    });
}

void TestHost::Private::stop()
{
    QObject::disconnect(guard);
    stage.reset();
}

/// Null, and a warning, before start(): a test that goes on after a failed one should not crash for that.
testhost::Stage *TestHost::Private::started(const char *what) const
{
    if (!stage)
        qWarning("TestHost::%s: no plugin is started", what);
    return stage.get();
}

TestHost::TestHost()
    : d(std::make_unique<Private>())
{
}

TestHost::~TestHost() { d->stop(); }

void TestHost::set(const QString &name, const QString &text) { d->texts.insert(name, text); }

void TestHost::listen(const QString &event) { d->listened.append(event); }

Result<> TestHost::start(Plugin &plugin, const QString &metadataFile)
{
    const auto result = d->start(plugin, metadataFile);
    d->fault = result ? QByteArray() : result.error().message().toUtf8();
    return result;
}

void TestHost::stop() { d->stop(); }

const char *TestHost::fault() const { return d->fault.constData(); }

TestResponse TestHost::request(const QByteArray &method, const QByteArray &target, const QByteArray &body,
                               const HeaderList &headers)
{
    if (auto *stage = d->started("request()"))
        return stage->request(testhost::requestBytes(method, target, body, headers), method == "HEAD");
    TestResponse response;
    response.failure = u"no plugin is started"_s;
    return response;
}

QList<TestTask> TestHost::runTasks()
{
    auto *stage = d->started("runTasks()");
    return stage ? stage->tasks().run() : QList<TestTask>();
}

void TestHost::advance(std::chrono::milliseconds by) { d->clock.advance(queue::toMicroseconds(by)); }

MicrosecondTime TestHost::now() const { return MicrosecondTime(std::chrono::microseconds(d->clock.now())); }

QList<TestTask> TestHost::tasks() const
{
    auto *stage = d->started("tasks()");
    return stage ? stage->tasks().all() : QList<TestTask>();
}

Result<qint64> TestHost::push(const QString &task, const QByteArray &arguments, const PushOptions &options)
{
    auto *stage = d->started("push()");
    if (!stage)
        return Error::unavailable(u"no plugin is started"_s);
    return Database(&stage->database())
        .write([stage, task, arguments, options](Connection &connection) {
            return Tasks(&stage->outbox()).push(connection, task, arguments, options);
        })
        .result();
}

Result<> TestHost::publish(const QString &event, const QByteArray &arguments)
{
    auto *stage = d->started("publish()");
    if (!stage)
        return Error::unavailable(u"no plugin is started"_s);
    return Database(&stage->database())
        .write([stage, event, arguments](Connection &connection) {
            return Events(&stage->events()).publish(connection, event, arguments);
        })
        .result();
}

QList<QByteArray> TestHost::heard(const QString &event) const
{
    auto *stage = d->started("heard()");
    return stage ? stage->tasks().heard(event) : QList<QByteArray>();
}

Database TestHost::database() const
{
    auto *stage = d->started("database()");
    return Database(stage ? &stage->database() : nullptr);
}

void TestHost::setDatabaseAway(bool away)
{
    if (auto *stage = d->started("setDatabaseAway()"))
        stage->pluginDatabase().setAway(away);
}

QString TestHost::dataDirectory() const { return d->folder.path(); }

QString TestHost::pluginDataDirectory() const { return d->stage ? d->stage->pluginDataDirectory() : QString(); }

} // namespace quoin
