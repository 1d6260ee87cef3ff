// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "hostprocess.h"
#include "support/httpclient.h"
#include "support/postgresserver.h"
#include "support/redisserver.h"
#include "topologynet.h"

#include <QHash>
#include <QTemporaryDir>

#include <map>
#include <memory>

namespace quoin::test {

class TopologyLoad;

/// What README.md calls "Scaling", run as it stands there: haproxy on the host `front`, `quoin serve` on web1 to web4,
/// `quoin worker` on worker1 and worker2, PostgreSQL on `db`, Redis on `redis`. The thread that makes it is on `front`
/// from then on, so that 127.0.0.1:80 is the service. Everything is gone with this object. One thread.
class Topology
{
public:
    Topology();
    ~Topology();
    Q_DISABLE_COPY_MOVE(Topology)

    static constexpr int webHosts = 4;
    static constexpr int workerHosts = 2;

    /// What is needed and is not there, in a sentence; empty if nothing. Call it before there are threads.
    static QString missing();
    /// The commands below a mark of README.md's chapter, like "on worker1 and worker2".
    static QString commands(const QString &mark);

    /// Everything, until it is whole. False: failure() says why.
    bool start();
    /// Starts again whatever does not run, and waits until it is whole.
    bool makeWhole();
    QString failure() const { return m_failure; }

    TopologyNet &net() { return m_net; }
    HostProcess &host(const QString &name) { return *m_hosts.at(name); }
    HostProcess &web(int number) { return host(QStringLiteral("web%1").arg(number)); }
    HostProcess &worker(int number) { return host(QStringLiteral("worker%1").arg(number)); }
    RedisServer &redis() { return m_redis; }
    PostgresServer &postgres() { return m_postgres; }
    bool startPostgres();
    bool restartRedis();

    /// The web hosts that haproxy gives requests to.
    QStringList inService() const;
    /// How many answers haproxy has had from each web host.
    QHash<QString, qint64> answersByHost() const;
    /// One request on a connection of its own: to the service, and past haproxy to one of the hosts.
    HttpReply ask(const QByteArray &target) const { return HttpClient(80).get(target); }
    HttpReply askHost(const QString &host, const QByteArray &target) const;

    QString sipDirectory() const { return QStringLiteral("/srv/sips"); }
    QString databaseUrl() const { return m_postgres.url(QStringLiteral("quoin")); }
    /// Tasks that are neither done nor dead: cheap to ask, for waiting.
    int tasksAtHand() const;
    /// Empty if all that is stored has exactly one package and nothing else has one; else what is wrong.
    QString whatIsMissing() const;
    /// Compares what clients were told with what is stored and served. Empty, or what is wrong.
    QString whatIsUntrue(const TopologyLoad &load) const;

private:
    bool startServices();
    void makeHosts();
    void add(const QString &name, const QString &commands);
    QString whoHasEnded() const;
    QList<QByteArrayList> statistics() const;

    QTemporaryDir m_directory;
    TopologyNet m_net;
    std::unique_ptr<OnHost> m_here;
    PostgresServer m_postgres;
    RedisServer m_redis;
    std::map<QString, std::unique_ptr<HostProcess>> m_hosts;
    QString m_failure;
};

} // namespace quoin::test
