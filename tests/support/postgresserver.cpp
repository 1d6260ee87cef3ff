// SPDX-License-Identifier: GPL-3.0-only
#include "postgresserver.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QTcpServer>

#include <csignal>
#include <pwd.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 60000;

int freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

QString addresses(PostgresServer::Listen listen)
{
    switch (listen) {
    case PostgresServer::Listen::Socket:
        return {};
    case PostgresServer::Listen::SocketAndTcp:
        return u"127.0.0.1"_s;
    case PostgresServer::Listen::Network:
        return u"*"_s;
    }
    return {};
}

} // namespace

PostgresServer::PostgresServer()
    : m_folder(QDir::tempPath() + "/quoin-pg-XXXXXX"_L1) // Short: a socket's path has 107 characters.
{
}

PostgresServer::~PostgresServer() { end(SIGQUIT); }

QString PostgresServer::binaries()
{
    const QDir root(u"/usr/lib/postgresql"_s);
    const QStringList versions = root.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QString newest;
    for (const QString &version : versions) {
        if (QFile::exists(root.filePath(version + "/bin/initdb"_L1)) && version.toInt() >= newest.toInt())
            newest = version;
    }
    return newest.isEmpty() ? QString() : root.filePath(newest + "/bin"_L1);
}

bool PostgresServer::start(Listen listen, Durable durable)
{
    if (!QFile::exists(m_folder.filePath(u"data/PG_VERSION"_s))) {
        if (listen == Listen::SocketAndTcp)
            m_port = freePort();
        if (!makeCluster() || (listen == Listen::Network && !admitEverybody()))
            return false;
    }
    QStringList arguments{u"-D"_s, m_folder.filePath(u"data"_s), u"-k"_s, m_folder.path(),
                          u"-p"_s, QString::number(m_port),      u"-c"_s, u"listen_addresses="_s + addresses(listen)};
    if (durable == Durable::No)
        arguments += {u"-c"_s, u"fsync=off"_s};
    m_process.reset(makeProcess(binaries() + "/postgres"_L1, arguments));
    const QString log = m_folder.filePath(u"server.log"_s);
    m_process->setStandardOutputFile(log, QIODevice::Append);
    m_process->setStandardErrorFile(log, QIODevice::Append);
    m_process->start();
    return m_process->waitForStarted(patience) && waitUntilReady();
}

bool PostgresServer::waitUntilReady()
{
    QDeadlineTimer deadline(patience);
    while (!deadline.hasExpired()) {
        if (m_process->waitForFinished(20))
            return false;
        const QStringList arguments{u"-q"_s, u"-h"_s, m_folder.path(), u"-p"_s, QString::number(m_port)};
        if (QProcess::execute(binaries() + "/pg_isready"_L1, arguments) == 0)
            return true;
    }
    return false;
}

bool PostgresServer::makeCluster()
{
    if (const passwd *user = geteuid() == 0 ? getpwnam("postgres") : nullptr) {
        if (chown(qPrintable(m_folder.path()), user->pw_uid, user->pw_gid) != 0)
            return false;
    }
    return run(binaries() + "/initdb"_L1,
               {u"-D"_s, m_folder.filePath(u"data"_s), u"-U"_s, u"quoin"_s, u"-A"_s, u"trust"_s, u"-E"_s, u"UTF8"_s,
                u"--locale=C"_s, u"--no-sync"_s, u"--no-instructions"_s});
}

bool PostgresServer::admitEverybody()
{
    QFile rules(m_folder.filePath(u"data/pg_hba.conf"_s));
    return rules.open(QIODevice::Append) && rules.write("host all all all trust\n") > 0;
}

void PostgresServer::stop() { end(SIGINT); }

void PostgresServer::crash() { end(SIGQUIT); }

void PostgresServer::end(int signal)
{
    if (isRunning()) {
        kill(static_cast<pid_t>(m_process->processId()), signal);
        m_process->waitForFinished(patience);
    }
    m_process.reset();
}

bool PostgresServer::isRunning() const { return m_process && m_process->state() == QProcess::Running; }

bool PostgresServer::createDatabase(const QString &name)
{
    return !sql(u"CREATE DATABASE \"%1\""_s.arg(name)).isNull();
}

QByteArray PostgresServer::sql(const QString &statement, const QString &database)
{
    QByteArray output;
    const QStringList arguments{u"-X"_s,
                                u"-A"_s,
                                u"-t"_s,
                                u"-v"_s,
                                u"ON_ERROR_STOP=1"_s,
                                u"-h"_s,
                                m_folder.path(),
                                u"-p"_s,
                                QString::number(m_port),
                                u"-U"_s,
                                u"quoin"_s,
                                u"-d"_s,
                                database,
                                u"-c"_s,
                                statement};
    if (!run(binaries() + "/psql"_L1, arguments, &output))
        return {};
    return output.isNull() ? QByteArray("") : output.trimmed();
}

QString PostgresServer::url(const QString &database) const
{
    return u"postgresql://quoin@/%1?host=%2&port=%3"_s.arg(database, m_folder.path()).arg(m_port);
}

QString PostgresServer::tcpUrl(const QString &database) const
{
    return u"postgresql://quoin@127.0.0.1:%1/%2"_s.arg(m_port).arg(database);
}

QByteArray PostgresServer::log() const
{
    QFile file(m_folder.filePath(u"server.log"_s));
    return m_log + (file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray());
}

bool PostgresServer::run(const QString &program, const QStringList &arguments, QByteArray *output)
{
    const std::unique_ptr<QProcess> process(makeProcess(program, arguments));
    process->start();
    const bool ended = process->waitForFinished(patience);
    m_log += process->readAllStandardError();
    if (output)
        *output = process->readAllStandardOutput();
    return ended && process->exitStatus() == QProcess::NormalExit && process->exitCode() == 0;
}

QProcess *PostgresServer::makeProcess(const QString &program, const QStringList &arguments)
{
    auto *process = new QProcess;
    process->setWorkingDirectory(u"/"_s); // One that user postgres may read.
    QStringList all{u"--pdeathsig"_s, u"INT"_s};
    if (geteuid() == 0)
        all += {u"--reuid=postgres"_s, u"--regid=postgres"_s, u"--init-groups"_s};
    all += u"--"_s;
    all += program;
    all += arguments;
    process->setProgram(u"setpriv"_s); // It becomes the program, so that the process id is the program's.
    process->setArguments(all);
    return process;
}
