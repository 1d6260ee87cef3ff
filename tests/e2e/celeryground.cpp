// SPDX-License-Identifier: GPL-3.0-only
#include "celeryground.h"

#include "archive.h"

#include <QDir>
#include <QFile>
#include <QProcess>

using namespace Qt::StringLiterals;

namespace quoin::test {
namespace {

constexpr auto steps = {"", "\x06\x16\x33", "\x06\x16\x36", "\x06\x16\x39"}; // Celery's marks of priorities

QByteArrayList linesOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QByteArrayList lines = file.readAll().split('\n');
    lines.removeLast();
    return lines;
}

} // namespace

CeleryGround::CeleryGround()
{
    QDir(m_directory.path()).mkpath(u"sips"_s);
    QDir(m_directory.path()).mkpath(u"plugins"_s);
    m_databaseUrl = u"sqlite:///"_s + m_directory.filePath(u"shared.db"_s);
}

/// First those who use the services, then the services.
CeleryGround::~CeleryGround()
{
    m_client.reset();
    m_theirs.clear();
    m_ours.clear();
}

QString CeleryGround::missing()
{
    if (const QString package = missingForPeer(); !package.isEmpty())
        return package;
    const QList<QPair<QString, QString>> needed = {
        {u"celery"_s, u"python3-celery"_s}, {u"redis"_s, u"python3-redis"_s}, {u"gunicorn"_s, u"gunicorn"_s}};
    for (const auto &[module, package] : needed) {
        const QString find = u"import importlib.util, sys; sys.exit(not importlib.util.find_spec('%1'))"_s.arg(module);
        if (QProcess::execute(u"/usr/bin/python3"_s, {u"-c"_s, find}) != 0)
            return package;
    }
    return RedisServer::isInstalled() ? QString() : u"redis-server"_s;
}

bool CeleryGround::start(Database database, const QStringList &redisArguments)
{
    dropPlugins();
    if (!m_redis.start(redisArguments))
        return false;
    if (database == Database::Sqlite)
        return true;
    m_postgres = std::make_unique<PostgresServer>();
    if (!m_postgres->start() || !m_postgres->createDatabase(u"shared"_s))
        return false;
    m_databaseUrl = m_postgres->url(u"shared"_s);
    return true;
}

void CeleryGround::dropPlugins() const
{
    const QString folder = m_directory.filePath(u"plugins"_s);
    for (const QString &id : {u"counter"_s, u"records"_s, u"sip"_s})
        QFile::copy(QStringLiteral(QUOIN_SHIPPED_PLUGINS "/") + id + u".so"_s, folder + u'/' + id + u".so"_s);
    QFile::copy(QStringLiteral(QUOIN_TEST_PLUGINS "/labour.so"), folder + u"/labour.so"_s);
}

QuoinProcess &CeleryGround::make(const QString &name, const QStringList &command)
{
    const QString place = m_directory.filePath(name);
    QDir().mkpath(place);
    QuoinProcess &process = *m_ours.emplace_back(std::make_unique<QuoinProcess>(place));
    process.setCommand(command);
    process.set(u"database.url"_s, m_databaseUrl);
    process.set(u"sip.directory"_s, sipDirectory());
    process.set(u"plugins.dir"_s, m_directory.filePath(u"plugins"_s));
    process.set(u"sip.fixity_interval"_s, u"0"_s); // its task is none of those that are counted
    process.set(u"queue.url"_s, m_redis.url(0));
    process.set(u"queue.results"_s, m_redis.url(1));
    process.set(u"queue.node"_s, name + u"@test"_s);
    process.set(u"log.requests"_s, u"false"_s);
    process.set(u"log.format"_s, u"text"_s);
    auto environment = process.environment();
    environment.insert(u"LABOUR_NOTES"_s, m_directory.filePath(u"labour.notes"_s));
    process.setEnvironment(environment);
    return process;
}

QuoinProcess &CeleryGround::ourWorker(const QString &name)
{
    QuoinProcess &worker = make(name, {u"worker"_s});
    worker.set(u"http.listen"_s, {});
    return worker;
}

QuoinProcess &CeleryGround::ourServer(const QString &name)
{
    QuoinProcess &server = make(name, {u"serve"_s});
    server.set(u"queue.concurrency"_s, u"0"_s);
    return server;
}

QProcessEnvironment CeleryGround::environment() const
{
    auto environment = peerEnvironment();
    environment.insert(u"SQLALCHEMY_DATABASE_URI"_s, m_databaseUrl);
    environment.insert(u"REDIS_HOST"_s, u"127.0.0.1:%1"_s.arg(m_redis.port()));
    environment.insert(u"CELERY_BROKER_URL"_s, m_redis.url(0));
    environment.insert(u"CELERY_RESULT_BACKEND"_s, m_redis.url(1));
    environment.insert(u"SIP_DIRECTORY"_s, sipDirectory());
    return environment;
}

PeerProcess &CeleryGround::theirs(const QString &name)
{
    return *m_theirs.emplace_back(std::make_unique<PeerProcess>(m_directory.filePath(name), environment()));
}

PeerClient &CeleryGround::client()
{
    if (!m_client)
        m_client = std::make_unique<PeerClient>(environment());
    return *m_client;
}

int CeleryGround::waiting(const QByteArray &queue) const
{
    int sum = 0;
    for (const char *step : steps)
        sum += m_redis.cli({u"LLEN"_s, QString::fromLatin1(queue + step)}).toInt();
    return sum;
}

/// Looked at in one step: between two looks a message could go from where is still to be looked to where has been.
QString CeleryGround::whatIsLeft() const
{
    const QString look = uR"(
local function waiting(queue)
    local sum = 0
    for _, step in ipairs({'', '\6\0223', '\6\0226', '\6\0229'}) do sum = sum + redis.call('LLEN', queue .. step) end
    return sum
end
return 'unacked ' .. redis.call('HLEN', 'unacked') .. ', unacked_index ' .. redis.call('ZCARD', 'unacked_index')
    .. ', celery ' .. waiting('celery') .. ', quoin ' .. waiting('quoin'))"_s;
    const QByteArray left = m_redis.cli({u"EVAL"_s, look, u"0"_s});
    return left == "unacked 0, unacked_index 0, celery 0, quoin 0" ? QString() : QString::fromUtf8(left);
}

QByteArrayList CeleryGround::deadLetters() const
{
    const QByteArray letters = m_redis.cli({u"LRANGE"_s, u"quoin:dead"_s, u"0"_s, u"-1"_s});
    return letters.isEmpty() ? QByteArrayList() : letters.split('\n');
}

QByteArrayList CeleryGround::notes(const QByteArray &what) const
{
    QByteArrayList lines = linesOf(m_directory.filePath(u"labour.notes"_s));
    if (!what.isEmpty())
        lines.removeIf([&](const QByteArray &line) { return line.split(' ').value(1) != what; });
    return lines;
}

QByteArrayList CeleryGround::noted(const QByteArray &what) const
{
    QByteArrayList texts;
    for (const QByteArray &line : notes(what))
        texts += line.split(' ').mid(4).join(' ');
    return texts;
}

QByteArrayList CeleryGround::theirNotes() const { return linesOf(m_directory.filePath(u"sips/notes"_s)); }

} // namespace quoin::test
