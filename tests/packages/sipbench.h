// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/taskcatalogue.h"
#include "sip.h"
#include "testdatabase.h"

#include <QLoggingCategory>
#include <QMutex>
#include <QTemporaryDir>
#include <QThreadPool>

#include <atomic>
#include <map>
#include <memory>

namespace sip {

/// What a client got.
struct Reply
{
    int status = 0; ///< Of errors: that which the host would give.
    QMap<QByteArray, QByteArray> headers;
    QByteArray body;    ///< Of a problem: its sentence.
    qint64 length = -1; ///< As announced, of a stream.
    int pieces = 0;     ///< Of a stream.
};

/// What a task pushed.
struct Push
{
    QString task;
    qint64 notBefore = 0;
    QString uniqueKey;
};

/// The plugin on a real database, as the host would hold it but for HTTP and the queue, whose ends are here.
class SipBench final : private quoin::abi::Services,
                       private quoin::abi::Registry,
                       private quoin::abi::RouteDetails,
                       private quoin::abi::Tasks
{
public:
    explicit SipBench(const QString &dialect, const QVariantMap &settings = {});
    ~SipBench();

    quoin::Result<> start();
    void stop();

    /// route such as "/sip/{id}/file".
    Reply get(const QString &route, qint64 id, const quoin::HeaderList &headers = {}, const QByteArray &method = "GET");

    /// Runs a task as the queue would; created in microseconds since 1970. The error's sentence, empty if it went well.
    QString run(const QString &task, const QByteArrayList &arguments, qint64 created = defaultTime);
    /// The same for packages that are made together; of a record it is about to be asked to stop, `stopped` is the
    /// place.
    QStringList makeSips(const QList<QByteArrayList> &arguments, qsizetype stopped = -1);
    /// The plugin's task as a queue would be given it.
    quoin::queue::TaskKind kind(const QString &task) const;
    QString makeSip(qint64 record, const QByteArray &data, qint64 created = defaultTime);

    QString directory() const { return m_settings.value(QStringLiteral("directory")).toString(); }
    QStringList files() const;
    TestDatabase &database() { return m_database; }
    QList<Push> pushes() const
    {
        const QMutexLocker lock(&m_pushMutex);
        return m_pushes;
    }

    QStringList aliases;
    QStringList parameters;
    QStringList published;
    QStringList subscriptions;
    std::atomic<bool> isStopRequested = false;

    static constexpr qint64 defaultTime = 1'795'456'081'000'042; // 2026-11-23T17:48:01.000042Z

private:
    void *find(const char *interface) override;
    QVariant setting(const QString &key) const override { return m_settings.value(key); }
    QString dataDirectory() const override { return m_folder.path(); }
    QString pluginDataDirectory() const override { return m_folder.path(); }
    const QLoggingCategory *log() const override { return &m_log; }
    QThreadPool *pool() const override { return &m_pool; }
    bool isStopping() const override { return false; }

    quoin::abi::RouteDetails *addRoute(const QByteArray &method, const QString &pattern,
                                       const QList<QByteArray> &captures, quoin::abi::RunsOn where,
                                       quoin::abi::Handler *owned) override;
    void addTask(const QString &task, int attempts, qint64 firstDelay, qint64 timeLimit,
                 quoin::abi::TaskHandler *owned) override;
    void addBatchTask(const QString &task, int attempts, qint64 firstDelay, qint64 timeLimit, int largestBatch,
                      quoin::abi::BatchTaskHandler *owned) override;
    void setTaskParameters(const QString &task, const QStringList &names) override
    {
        parameters.append(task + u'=' + names.join(u','));
    }
    void addTaskAlias(const QString &alias, const QString &task) override { aliases.append(alias + u'=' + task); }
    void addSubscription(const QString &event, const QString &task) override
    {
        subscriptions.append(event + u'=' + task);
    }
    void addMigration(const QString &migration, const QStringList &sqlite, const QStringList &postgresql) override;
    void setSummary(const QString &) override { }
    void setScope(const QString &) override { }
    void setDeadline(qint64) override { }
    void setBodyLimit(qint64) override { }

    qint64 push(quoin::abi::Connection *, const QString &task, const QByteArray &, int, qint64 notBefore,
                const QString &uniqueKey, quoin::Error *) override;
    bool publishAs(const QString &task, const QString &publishedName, quoin::Error *) override
    {
        published.append(task + u'=' + publishedName);
        return true;
    }

    QTemporaryDir m_folder;
    QVariantMap m_settings;
    TestDatabase m_database;
    mutable QThreadPool m_pool;
    const QLoggingCategory m_log{"quoin.plugin.sip"};
    QList<quoin::database::MigrationStep> m_migrations;
    std::map<QString, std::unique_ptr<quoin::abi::Handler>> m_routes;
    std::map<QString, std::unique_ptr<quoin::abi::TaskHandler>> m_tasks;
    std::map<QString, std::unique_ptr<quoin::abi::BatchTaskHandler>> m_batchTasks;
    std::map<QString, int> m_largestBatches;
    mutable QMutex m_pushMutex;
    QList<Push> m_pushes;
    Sip m_plugin;
};

} // namespace sip
