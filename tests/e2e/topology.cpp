// SPDX-License-Identifier: GPL-3.0-only
#include "topology.h"

#include "archive.h"
#include "topologyload.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QThread>

using namespace Qt::StringLiterals;

namespace quoin::test {
namespace {

constexpr quint16 webPort = 5000;
constexpr quint16 figuresPort = 8404;
constexpr int patience = 120'000;

QString numbered(const QString &name, int number) { return name + QString::number(number); }

} // namespace

QString Topology::missing()
{
    const QList<QPair<QString, QString>> needed = {
        {u"ip"_s, u"iproute2"_s}, {u"haproxy"_s, u"haproxy"_s}, {u"curl"_s, u"curl"_s}};
    for (const auto &[program, package] : needed) {
        if (QStandardPaths::findExecutable(program).isEmpty()
            && QStandardPaths::findExecutable(program, {u"/usr/sbin"_s}).isEmpty())
            return u"install the Debian package "_s + package;
    }
    if (PostgresServer::binaries().isEmpty())
        return u"install the Debian package postgresql"_s;
    if (!RedisServer::isInstalled())
        return u"install the Debian package redis-server"_s;
    return TopologyNet::leaveTheOthers();
}

QString Topology::commands(const QString &mark)
{
    QFile readme(QStringLiteral(QUOIN_E2E_SOURCE_DIR "/../../README.md"));
    if (!readme.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(readme.fileName()));
    const QString text = QString::fromUtf8(readme.readAll());
    const qsizetype block = text.indexOf(u"\n<!-- %1 -->\n```"_s.arg(mark));
    const qsizetype begin = block < 0 ? -1 : text.indexOf(u'\n', text.indexOf("```"_L1, block)) + 1;
    if (begin <= 0)
        qFatal("README.md has no commands \"%s\"", qPrintable(mark));
    return text.mid(begin, text.indexOf("```"_L1, begin) - begin);
}

Topology::Topology() = default;

/// First those who use the services, then the services.
Topology::~Topology() { m_hosts.clear(); }

bool Topology::start()
{
    QStringList names{u"front"_s};
    for (int i = 1; i <= webHosts; ++i)
        names += numbered(u"web"_s, i);
    for (int i = 1; i <= workerHosts; ++i)
        names += numbered(u"worker"_s, i);
    names += {u"redis"_s, u"db"_s};
    if (!m_net.start(names)) {
        m_failure = m_net.failure();
        return false;
    }
    m_here = std::make_unique<OnHost>(u"front"_s);
    if (!startServices())
        return false;
    makeHosts();
    return makeWhole();
}

bool Topology::startServices()
{
    QDir().mkpath(sipDirectory());
    if (!startPostgres() || !m_postgres.createDatabase(u"quoin"_s)) {
        m_failure = QString::fromUtf8(m_postgres.log());
        return false;
    }
    const OnHost there(u"redis"_s);
    if (m_redis.start({u"--port"_s, u"6379"_s, u"--bind"_s, u"0.0.0.0"_s, u"--protected-mode"_s, u"no"_s}))
        return true;
    m_failure = QString::fromUtf8(m_redis.log());
    return false;
}

bool Topology::startPostgres()
{
    const OnHost there(u"db"_s);
    return m_postgres.start(PostgresServer::Listen::Network);
}

bool Topology::restartRedis()
{
    const OnHost there(u"redis"_s);
    return m_redis.restart();
}

void Topology::makeHosts()
{
    const QString shared = commands(u"on each host"_s);
    for (int i = 1; i <= webHosts; ++i)
        add(numbered(u"web"_s, i), shared + commands(u"on web1 to web4"_s));
    for (int i = 1; i <= workerHosts; ++i)
        add(numbered(u"worker"_s, i), shared + commands(u"on worker1 and worker2"_s));
    add(u"front"_s, commands(u"on front"_s));
}

/// Plugins are each host's own, as they are where a package has installed them.
void Topology::add(const QString &name, const QString &commands)
{
    auto host = std::make_unique<HostProcess>(name, m_directory.filePath(name));
    const QString plugins = host->home() + u"/plugins"_s;
    QDir().mkpath(plugins);
    for (const QString &id : {u"counter"_s, u"records"_s, u"sip"_s})
        QFile::copy(QStringLiteral(QUOIN_SHIPPED_PLUGINS "/") + id + u".so"_s, plugins + u'/' + id + u".so"_s);
    host->setEnvironment(u"QUOIN_PLUGINS_DIR"_s, plugins);
    host->setEnvironment(u"QUOIN_LOG_REQUESTS"_s, u"false"_s);
    host->setEnvironment(u"QUOIN_LOG_FORMAT"_s, u"text"_s);
    host->setEnvironment(u"QUOIN_SIP_FIXITY_INTERVAL"_s, u"0"_s); // its task is none of those that are counted
    host->setCommands(commands);
    m_hosts.emplace(name, std::move(host));
}

bool Topology::makeWhole()
{
    if ((!m_postgres.isRunning() && !startPostgres()) || (!m_redis.isRunning() && !restartRedis())) {
        m_failure = QString::fromUtf8(m_postgres.log() + m_redis.log());
        return false;
    }
    QDeadlineTimer deadline(patience);
    QString ended;
    for (;;) {
        // A host that cannot work ends, and whoever keeps it starts it again: systemd, compose.
        if (const QString host = whoHasEnded(); !host.isEmpty()) {
            ended = QString::fromUtf8(m_hosts.at(host)->report());
            m_hosts.at(host)->start();
        } else if (inService().size() == webHosts) {
            return true;
        }
        if (deadline.hasExpired()) {
            m_failure = u"in service: "_s + inService().join(u' ') + ended;
            return false;
        }
        QThread::msleep(50);
    }
}

QString Topology::whoHasEnded() const
{
    for (const auto &[name, host] : m_hosts) {
        if (!host->isRunning())
            return name;
    }
    return {};
}

/// The lines of haproxy's table (management guide, 9.1), without the first, which names the columns.
QList<QByteArrayList> Topology::statistics() const
{
    QList<QByteArrayList> rows;
    for (const QByteArray &line : HttpClient(figuresPort).get("/;csv").body.split('\n'))
        rows += line.split(',');
    return rows;
}

QStringList Topology::inService() const
{
    QStringList names;
    for (const QByteArrayList &row : statistics()) {
        // Until the first check every host counts as "UP"; "UP 1/2" is about to go.
        const bool isUp = row.value(17) == "UP" && row.value(36).endsWith("L7OK");
        if (row.value(0) == "web" && row.value(1).startsWith("web") && isUp)
            names += QString::fromLatin1(row[1]);
    }
    return names;
}

QHash<QString, qint64> Topology::answersByHost() const
{
    QHash<QString, qint64> answers;
    for (const QByteArrayList &row : statistics()) {
        if (row.value(0) == "web" && row.value(1).startsWith("web") && row.value(40).toLongLong() > 0)
            answers.insert(QString::fromLatin1(row[1]), row[40].toLongLong()); // hrsp_2xx
    }
    return answers;
}

HttpReply Topology::askHost(const QString &host, const QByteArray &target) const
{
    const OnHost there(host);
    return HttpClient(webPort).get(target);
}

int Topology::tasksAtHand() const
{
    int sum = 0;
    const auto tasks = tasksByState(databaseUrl());
    for (auto state = tasks.cbegin(); state != tasks.cend(); ++state)
        sum += state.key() == "done"_L1 || state.key() == "dead"_L1 ? 0 : *state;
    return sum;
}

QString Topology::whatIsMissing() const
{
    const auto records = storedRecords(databaseUrl());
    const auto rows = packageRowsByRecord(databaseUrl());
    const auto packages = packagesByRecord(sipDirectory());
    for (auto record = records.keyBegin(); record != records.keyEnd(); ++record) {
        if (packages.value(*record).size() != 1 || rows.value(*record) != 1)
            return u"record %1 has %2 rows in the table sip and the packages %3"_s.arg(*record)
                .arg(rows.value(*record))
                .arg(packages.value(*record).join(u", "_s));
    }
    if (packages.size() != records.size())
        return u"there are packages of %1 records, but %2 records"_s.arg(packages.size()).arg(records.size());
    return {};
}

QString Topology::whatIsUntrue(const TopologyLoad &load) const
{
    const auto stored = storedRecords(databaseUrl());
    QHash<QByteArray, int> times;
    for (const QByteArray &text : stored) {
        if (text.startsWith(R"({"load":)") && ++times[text] > 1)
            return u"stored twice: "_s + QString::fromUtf8(text);
    }
    HttpClient client(80);
    for (const auto &record : load.acknowledged()) {
        const QByteArray id = QByteArray::number(record.id);
        if (stored.value(record.id) != record.text)
            return u"acknowledged, but not stored: "_s + QString::fromUtf8(id + ' ' + record.text);
        if (const auto reply = client.get("/record/" + id);
            reply.body != R"({"id":)" + id + R"(,"data":)" + record.text + '}')
            return u"stored, but served as %1 "_s.arg(reply.status) + QString::fromUtf8(reply.body) + reply.failure;
    }
    for (const QByteArray &text : load.refused()) {
        if (times.contains(text))
            return u"refused, but stored: "_s + QString::fromUtf8(text);
    }
    return {};
}

} // namespace quoin::test
