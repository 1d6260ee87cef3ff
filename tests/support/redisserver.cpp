// SPDX-License-Identifier: GPL-3.0-only
#include "redisserver.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QProcessEnvironment>
#include <QRandomGenerator>
#include <QStandardPaths>
#include <QTcpServer>

#include <csignal>

using namespace Qt::StringLiterals;

namespace quoin::test {

namespace {

constexpr int patience = 30000;
constexpr int attempts = 20;

} // namespace

RedisServer::RedisServer()
    : m_folder(QDir::tempPath() + "/quoin-redis-XXXXXX"_L1) // Short: a socket's path has 107 characters.
{
}

RedisServer::~RedisServer() { stop(); }

bool RedisServer::isInstalled()
{
    return !QStandardPaths::findExecutable(u"redis-server"_s).isEmpty()
        && !QStandardPaths::findExecutable(u"redis-cli"_s).isEmpty();
}

/// Not one of those that the kernel gives away: while the server is down, a client that connects to such a port may be
/// given the same port as its own, meet itself and keep the server from coming back.
quint16 RedisServer::freePort()
{
    for (;;) {
        const auto port = static_cast<quint16>(QRandomGenerator::global()->bounded(15000, 32000));
        QTcpServer probe;
        if (probe.listen(QHostAddress::LocalHost, port))
            return port;
    }
}

bool RedisServer::start(const QStringList &arguments)
{
    stop();
    m_arguments = arguments;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        m_port = freePort();
        if (launch())
            return true;
    }
    return false;
}

bool RedisServer::restart(Data data)
{
    stop();
    if (data == Data::Drop)
        dropData();
    return launch();
}

void RedisServer::stop()
{
    if (isRunning()) {
        ::kill(static_cast<pid_t>(m_process->processId()), SIGKILL);
        m_process->waitForFinished(patience);
    }
    m_process.reset();
}

void RedisServer::hang() { ::kill(static_cast<pid_t>(processId()), SIGSTOP); }

void RedisServer::resume() { ::kill(static_cast<pid_t>(processId()), SIGCONT); }

bool RedisServer::launch()
{
    QFile::remove(socketPath());
    const QString log = m_folder.filePath(u"server.log"_s);
    // appendfsync no: what was acknowledged has been written to the file, so that it survives kill -9, and nothing
    // waits for the disk.
    QStringList all{u"--pdeathsig"_s,  u"KILL"_s,          u"--"_s,
                    u"redis-server"_s, u"--port"_s,        QString::number(m_port),
                    u"--bind"_s,       u"127.0.0.1"_s,     u"--unixsocket"_s,
                    socketPath(),      u"--dir"_s,         m_folder.path(),
                    u"--save"_s,       QString(),          u"--appendonly"_s,
                    u"yes"_s,          u"--appendfsync"_s, u"no"_s};
    m_process = std::make_unique<QProcess>();
    m_process->setProgram(u"setpriv"_s); // It becomes the server, so that the process id is the server's.
    m_process->setArguments(all + m_arguments);
    m_process->setStandardOutputFile(log, QIODevice::Append);
    m_process->setStandardErrorFile(log, QIODevice::Append);
    m_process->start();
    return m_process->waitForStarted(patience) && waitUntilReady();
}

/// Over its own socket: at its port another server could answer.
bool RedisServer::waitUntilReady()
{
    QDeadlineTimer deadline(patience);
    while (!deadline.hasExpired()) {
        if (m_process->waitForFinished(10))
            return false;
        const QByteArray answer = QFile::exists(socketPath()) ? cli({u"PING"_s}) : QByteArray();
        if (answer == "PONG" || answer.startsWith("NOAUTH") || answer.startsWith("NOPERM"))
            return true;
    }
    return false;
}

void RedisServer::dropData()
{
    QDir(m_folder.filePath(u"appendonlydir"_s)).removeRecursively();
    QFile::remove(m_folder.filePath(u"dump.rdb"_s));
}

QString RedisServer::url(int database) const { return u"redis://127.0.0.1:%1/%2"_s.arg(m_port).arg(database); }

QString RedisServer::socketUrl(int database) const
{
    return u"redis+socket://%1?virtual_host=%2"_s.arg(socketPath()).arg(database);
}

QByteArray RedisServer::cli(const QStringList &arguments) const
{
    QProcess process;
    if (const auto password = m_arguments.indexOf(u"--requirepass"_s); password >= 0) {
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"REDISCLI_AUTH"_s, m_arguments.value(password + 1));
        process.setProcessEnvironment(environment);
    }
    process.start(u"redis-cli"_s, QStringList{u"-s"_s, socketPath()} + arguments);
    if (!process.waitForFinished(patience))
        return {};
    QByteArray output = process.readAllStandardOutput();
    while (output.endsWith('\n'))
        output.chop(1);
    return output;
}

QByteArray RedisServer::log() const
{
    QFile file(m_folder.filePath(u"server.log"_s));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace quoin::test
